"""What a user asks for by name: explain, find the bug, generate, fix, document, write tests.

An action reads what it is pointed at, asks a chat model, and checks what comes back against the text. It can change
the document it was asked about and nothing else, and it runs nothing: whatever a prompt in the workspace says, there is
no way from an answer to another file or to a program.
"""
