"""pygls' protocol, held to its word: one answer to every request, no code in logs or error texts, documents of our own.

What is changed and why: a malformed request gets an error reply (pygls leaves it hanging); requests before
`initialize` and after `shutdown` get one too; error replies carry cause and cure, never a traceback; documents go
to our own store as the message is read, so that a request sees the text its client saw; commands can be cancelled; and
messages are parsed once instead of at every nested object.
"""

from __future__ import annotations

import inspect
import itertools
import json
import logging
from collections.abc import Callable, Generator
from contextvars import ContextVar
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcMethodNotFound
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.protocol.language_server import _prepare_command_arguments

from codestral_lsp.document.document import Document
from codestral_lsp.document.store import DocumentStore
from codestral_lsp.errors import Cancelled, CodestralError
from codestral_lsp.insight.bugs import log_bug
from codestral_lsp.server import sync
from codestral_lsp.server.framing import frame

log = logging.getLogger(__name__)

ErrorCodes, LspErrorCodes = types.ErrorCodes, types.LSPErrorCodes

current_document: ContextVar[Document | None] = ContextVar("current_document", default=None)
"""The request's document as it was when the request was read: handlers run a moment later."""


class Protocol(LanguageServerProtocol):
    """The server's side of the conversation."""

    documents: DocumentStore
    on_exit: Callable[[int], None]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._notifications = itertools.count()

    # ---- reading

    def receive(self, body: bytes) -> None:
        """Take one message off the wire. Answers whatever asks for an answer, and never raises."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            self._refuse(None, ErrorCodes.ParseError, "The message is not JSON.")
            return
        if not isinstance(data, dict) or data.get("jsonrpc") != self.VERSION:
            self._refuse(None, ErrorCodes.InvalidRequest, "The message is not a JSON-RPC 2.0 message.")
            return
        method, msg_id = data.get("method"), data.get("id")
        if not isinstance(method, str):
            self._receive_response(data)
            return
        is_request = "id" in data
        if is_request and (isinstance(msg_id, bool) or not isinstance(msg_id, str | int)):
            self._refuse(None, ErrorCodes.InvalidRequest, "A request's id must be a number or a text.")
            return
        if refusal := self._out_of_order(method):
            if is_request:
                self._refuse(msg_id, *refusal)
            return
        try:
            message = self.structure_message(data)
        except JsonRpcException as error:
            if is_request:
                self._refuse(msg_id, ErrorCodes.InvalidParams, f"{method}: {error.message}")
            else:
                log.warning("Skipped a malformed notification: %s", method)
            return
        self.handle_message(message)

    def _out_of_order(self, method: str) -> tuple[int, str] | None:
        if self._shutdown and method != types.EXIT:
            return ErrorCodes.InvalidRequest, "The server is shutting down."
        if self._workspace is None and method not in (types.INITIALIZE, types.EXIT):
            return ErrorCodes.ServerNotInitialized, "The server has not been initialized."
        if self._workspace is not None and method == types.INITIALIZE:
            return ErrorCodes.InvalidRequest, "The server has been initialized already."
        return None

    def _receive_response(self, data: dict[str, Any]) -> None:
        msg_id = data.get("id")
        if not isinstance(msg_id, str | int):
            self._refuse(None, ErrorCodes.InvalidRequest, "The message has neither a method nor an id.")
            return
        try:
            self.handle_message(self.structure_message(data))
        except JsonRpcException:
            error = types.ResponseError(ErrorCodes.InvalidRequest, "The client's answer is malformed.")
            self._handle_response(msg_id, error=error)

    def _refuse(self, msg_id: str | int | None, code: int, message: str) -> None:
        error = {"code": int(code), "message": message}
        self._send_body({"jsonrpc": self.VERSION, "id": msg_id, "error": error})

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Typed message from `data`. Raises JsonRpcInvalidParams, whose text names the fields at fault."""
        try:
            kind: Any
            if "method" in data:
                kind = self.get_message_type(data["method"])
            else:
                kind = types.ResponseErrorMessage if "error" in data else self._result_types.pop(data["id"], None)
            if kind is None:
                return _Plain(data)
            return self._converter.structure(data, kind)
        except Exception as error:
            raise JsonRpcInvalidParams(_fields_at_fault(error)) from None

    # ---- dispatch

    def _handle_request(self, msg_id: str | int, method_name: str, params: Any) -> None:
        uri = getattr(getattr(params, "text_document", None), "uri", None)
        current_document.set(self.documents.get(uri) if isinstance(uri, str) else None)
        try:
            handler = self._get_handler(method_name)
            self._ctx_msg_id.set(msg_id)
            self._execute_handler(
                msg_id=msg_id,
                handler=handler,
                args=(params,),
                callback=lambda future: self._send_handler_result(future, msg_id=msg_id),
            )
        except JsonRpcMethodNotFound:
            self._refuse(msg_id, ErrorCodes.MethodNotFound, f"There is no method {method_name}.")

    def _handle_notification(self, method_name: str, params: Any) -> None:
        if method_name == types.CANCEL_REQUEST:
            self._handle_cancel_notification(params.id)
            return
        try:
            handler = self._get_handler(method_name)
        except JsonRpcMethodNotFound:
            log.debug("Passed over the notification %s", method_name)
            return
        name = f"notification-{next(self._notifications)}"

        def done(future: Any) -> None:
            self._request_futures.pop(name, None)
            self._check_handler_result(future)

        self._execute_handler(msg_id=name, handler=handler, args=(params,), callback=done)

    def _handle_cancel_notification(self, msg_id: str | int) -> None:
        # A request that is already answered has no future any more; clients cancel those all the time.
        if future := self._request_futures.pop(msg_id, None):
            future.cancel()

    def _send_handler_result(self, future: Any, *, msg_id: str | int) -> None:
        self._request_futures.pop(msg_id, None)
        if future.cancelled():
            self._refuse(msg_id, LspErrorCodes.RequestCancelled, "The request was cancelled.")
            return
        error = future.exception()
        if error is None:
            self._send_response(msg_id, result=future.result())
        elif isinstance(error, JsonRpcException):
            self._refuse(msg_id, error.code, error.message)
        elif isinstance(error, Cancelled):
            self._refuse(msg_id, LspErrorCodes.RequestCancelled, error.message)
        elif isinstance(error, CodestralError):
            self._refuse(msg_id, LspErrorCodes.RequestFailed, error.message)
        else:
            log_bug(error)
            self._refuse(msg_id, ErrorCodes.InternalError, f"Internal error ({type(error).__name__}); see the log.")

    def _check_handler_result(self, future: Any) -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            log_bug(error)

    # ---- writing

    def _send_data(self, data: Any) -> None:
        self._send_body(data)

    def _send_body(self, data: Any) -> None:
        if self.writer is not None:
            body = json.dumps(data, default=self._serialize_message, separators=(",", ":"), ensure_ascii=True)
            self.writer.write(frame(body.encode("ascii")))

    # ---- what pygls does itself, done our way

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Take in a document."""
        sync.did_open(self.documents, params.text_document)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Apply edits to a document."""
        sync.did_change(self.documents, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Forget a document."""
        self.documents.close(params.text_document.uri)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: types.DidOpenNotebookDocumentParams) -> None:
        """Take in a notebook's cells."""
        sync.notebook_did_open(self.documents, params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(self, params: types.DidChangeNotebookDocumentParams) -> None:
        """Apply edits to a notebook's cells."""
        sync.notebook_did_change(self.documents, params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(self, params: types.DidCloseNotebookDocumentParams) -> None:
        """Forget a notebook's cells."""
        for cell in params.cell_text_documents:
            self.documents.close(cell.uri)

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]
        self, params: types.ExecuteCommandParams
    ) -> Any:
        """Run a command. Cancelling the request cancels it, too: pygls' own leaves it running."""
        handler = self.fm.commands.get(params.command)
        if handler is None:
            raise JsonRpcInvalidParams(f"There is no command {params.command}.")
        try:
            args, kwargs = _prepare_command_arguments(handler, params, self._converter)
        except Exception as error:
            raise JsonRpcInvalidParams(f"{params.command}: {_fields_at_fault(error)}") from None
        result = handler(*args, **kwargs)
        return await result if inspect.isawaitable(result) else result

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        """Answer what is still open, then answer this."""
        if handler := self.fm.features.get(types.SHUTDOWN):
            yield handler, args, None
        # A copy: cancelling a question of ours to the client takes it off the list at once.
        for msg_id, future in list(self._request_futures.items()):
            if msg_id != self.msg_id:
                future.cancel()
        self._shutdown = True

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: Any) -> Generator[Any, Any, None]:
        """End the process: with 0 after a `shutdown`, else with 1."""
        self.on_exit(0 if self._shutdown else 1)
        yield from ()


class _Plain:
    """A message of a method that the protocol library does not know: its params stay plain JSON values."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.__dict__.update({"jsonrpc": data["jsonrpc"], "params": data.get("params")})
        self.__dict__.update({key: data[key] for key in ("id", "method", "result", "error") if key in data})


def _fields_at_fault(error: BaseException) -> str:
    """The names of the fields that would not structure; their values may be the user's code and stay out."""
    names: list[str] = []

    def walk(group: BaseException) -> None:
        for note in getattr(group, "__notes__", ()):
            name = str(note).rpartition("attribute ")[2] or str(note)
            names.append(name)
        for part in getattr(group, "exceptions", ()):
            walk(part)

    walk(error)
    return "the parameters do not fit the method" + (f" ({', '.join(names[:5])})" if names else "")
