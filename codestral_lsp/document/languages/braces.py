"""Languages whose blocks stand in braces, and that are no kin of C: functions begin with a word, or are values."""

from __future__ import annotations

from codestral_lsp.document.language import Grammar, Header, Language, Quote, ScopeKind
from codestral_lsp.document.languages.parts import (
    C_BLOCK,
    C_COMMENTS,
    C_FUNCTIONS,
    C_LITERAL,
    C_OPENER,
    DOUBLE,
    RAW,
    SINGLE,
    kinds,
)

BRACES: tuple[Language, ...] = (
    Language(
        "go",
        ("go",),
        (".go",),
        line_comments=("//",),
        block_comments=C_COMMENTS,
        quotes=(DOUBLE, SINGLE, Quote("`", "`", escape=RAW, multiline=True)),
        headers=(
            Header(ScopeKind.FUNCTION, r"func\b\s*(?:\([^)]*\)\s*)?(?P<name>\w+)?"),
            Header(ScopeKind.FUNCTION, r"(?:return\b|go\b|defer\b|(?P<name>\w+)\s*:?=).*\bfunc\([^{}]*\{$"),
            Header(ScopeKind.CLASS, r"(?:type\s+)?(?P<name>\w+)(?:\[[^]]*\])?\s+(?:struct|interface)\b"),
            Header(ScopeKind.BLOCK, r"(?:\}\s*else\b|if|for|switch|select|case|default)\b"),
        ),
        opener=C_OPENER,
        closer=r"\}",
        literal_brace=(
            r"(?:[=(\[,:&]|\breturn)\s*$|^\s*+(?![)}]|(?:if|else|for|switch|select|func|type|case|go|defer)\b)"
            r"(?!.*\b(?:func|struct|interface)\b)\S.*[\w\])]$"
        ),
        grammar=Grammar(
            "tree_sitter_go",
            functions=kinds("function_declaration method_declaration func_literal"),
            classes=kinds("struct_type interface_type"),
            blocks=kinds(
                "if_statement for_statement expression_switch_statement type_switch_statement select_statement"
                " expression_case type_case default_case communication_case"
            ),
            bodies=kinds(
                "block field_declaration_list interface_type expression_switch_statement type_switch_statement"
                " select_statement"
            ),
            comments=kinds("comment"),
            strings=kinds("interpreted_string_literal raw_string_literal rune_literal"),
        ),
    ),
    Language(
        "rust",
        ("rust",),
        (".rs",),
        line_comments=("//",),
        block_comments=C_COMMENTS,
        quotes=(
            Quote(r'(?<=r##)"', r'"##', escape=RAW, multiline=True),
            Quote(r'(?<=r#)"', r'"#', escape=RAW, multiline=True),
            Quote(r'(?<=\br)"|(?<=\bbr)"', r'"', escape=RAW, multiline=True),
            Quote('"', '"', multiline=True),
            Quote(r"'(?=\\|[^'\r\n]')", "'"),  # 'a' is a character, 'a without the second quote a lifetime
        ),
        headers=(
            Header(
                ScopeKind.FUNCTION,
                r"(?:pub(?:\([^)]*\))?\s+|const\s+|async\s+|unsafe\s+|extern\s+(?:\"[^\"]*\"\s+)?)*fn\s+(?P<name>\w+)",
            ),
            Header(ScopeKind.CLASS, r"(?:unsafe\s+)?impl\b(?:<[^{]*?>)?(?:.*\bfor)?\s*(?P<name>[\w:]+)"),
            Header(
                ScopeKind.CLASS,
                r"(?:pub(?:\([^)]*\))?\s+)?(?:unsafe\s+)?(?:struct|enum|trait|union)\s+(?P<name>\w+)",
            ),
            Header(ScopeKind.NAMESPACE, r"(?:pub(?:\([^)]*\))?\s+)?mod\s+(?P<name>\w+)\s*\{"),
            Header(ScopeKind.BLOCK, r"(?:\}\s*else\b|if|for|while|loop|match|unsafe\s*\{|(?:let|return)\b.*\{$)"),
        ),
        opener=r"\{$",
        closer=r"\}",
        literal_brace=(
            r"(?:(?<!=)[=(\[,:&]|\breturn)\s*$|^(?!\s*[)}]|.*\b(?:if|else|for|while|loop|match|fn|struct|enum|impl|trait|mod"
            r"|unsafe|async|move|union|where|extern|macro_rules!)\b)(?!.*(?:=>|\|)\s*$)\s*+\S.*[\w>]$"
        ),
        members=("::", "."),
        grammar=Grammar(
            "tree_sitter_rust",
            functions=kinds("function_item closure_expression"),
            classes=kinds("struct_item enum_item trait_item impl_item union_item"),
            blocks=kinds(
                "if_expression else_clause for_expression while_expression loop_expression match_expression match_arm"
                " unsafe_block async_block"
            ),
            bodies=kinds("block declaration_list field_declaration_list enum_variant_list match_block"),
            namespaces=kinds("mod_item foreign_mod_item"),
            comments=kinds("line_comment block_comment"),
            strings=kinds("string_literal raw_string_literal char_literal"),
        ),
    ),
    Language(
        "php",
        ("php",),
        (".php", ".phtml"),
        line_comments=("//", "#"),
        block_comments=C_COMMENTS,
        quotes=(Quote('"', '"', multiline=True), Quote("'", "'", multiline=True)),
        headers=(
            Header(
                ScopeKind.FUNCTION,
                r"(?:(?:public|private|protected|static|final|abstract)\s+)*function\s+&?(?P<name>\w+)",
            ),
            Header(ScopeKind.FUNCTION, r"(?:return\b|(?P<name>\$?\w+)\s*=).*\bfunction\s*\("),
            Header(
                ScopeKind.CLASS,
                r"(?:(?:abstract|final|readonly)\s+)*(?:class|interface|trait|enum)\s+(?P<name>\w+)",
            ),
            Header(ScopeKind.NAMESPACE, r"namespace\s+(?P<name>[\w\\]+)\s*\{?$"),
            C_BLOCK,
        ),
        opener=C_OPENER,
        closer=r"\}",
        literal_brace=C_LITERAL,
        members=("?->", "->", "::"),
        word=r"[\w$]",
        grammar=Grammar(
            "tree_sitter_php",
            entry="language_php",
            functions=kinds("function_definition method_declaration anonymous_function arrow_function"),
            classes=kinds("class_declaration interface_declaration trait_declaration enum_declaration anonymous_class"),
            blocks=kinds(
                "if_statement else_clause else_if_clause for_statement foreach_statement while_statement do_statement"
                " switch_statement case_statement default_statement try_statement catch_clause finally_clause"
                " match_expression"
            ),
            bodies=kinds("compound_statement declaration_list enum_declaration_list switch_block match_block"),
            namespaces=kinds("namespace_definition"),
            comments=kinds("comment"),
            strings=kinds("string encapsed_string heredoc_body nowdoc_body shell_command_expression"),
        ),
    ),
    Language(
        "kotlin",
        ("kotlin",),
        (".kt", ".kts"),
        line_comments=("//",),
        block_comments=C_COMMENTS,
        quotes=(Quote('"""', '"""', escape=RAW, multiline=True), DOUBLE, SINGLE),
        headers=(
            Header(ScopeKind.FUNCTION, r"(?:\w+\s+)*?fun\s+(?:<[^>]*>\s*)?(?:[\w<>?]+\.)*(?P<name>\w+)"),
            Header(ScopeKind.CLASS, r"(?:\w+\s+)*?(?:class|interface|object)\b\s*(?P<name>\w+)?"),
            C_BLOCK,
        ),
        opener=r"\{$|->$",
        closer=r"\}",
        members=("?.", "::", "."),
        grammar=Grammar(
            "tree_sitter_kotlin",
            functions=kinds(
                "function_declaration secondary_constructor anonymous_function lambda_literal getter setter"
            ),
            classes=kinds("class_declaration object_declaration companion_object"),
            blocks=kinds(
                "if_expression for_statement while_statement do_while_statement when_expression when_entry"
                " try_expression catch_block finally_block"
            ),
            bodies=kinds("block function_body class_body enum_class_body lambda_literal when_expression"),
            comments=kinds("line_comment block_comment"),
            strings=kinds("string_literal multiline_string_literal character_literal"),
            interpolations=kinds("interpolation"),
        ),
    ),
    Language(
        "swift",
        ("swift",),
        (".swift",),
        line_comments=("//",),
        block_comments=C_COMMENTS,
        quotes=(Quote('"""', '"""', multiline=True), DOUBLE),
        headers=(
            Header(ScopeKind.FUNCTION, r"(?:[\w@()]+\s+)*?(?:func\s+(?P<name>\w+)|init\b|deinit\b)"),
            Header(ScopeKind.CLASS, r"(?:\w+\s+)*?(?:class|struct|enum|protocol|extension|actor)\s+(?P<name>[\w.]+)"),
            C_BLOCK,
        ),
        opener=C_OPENER,
        closer=r"\}",
        members=("?.", "."),
        grammar=Grammar(
            "tree_sitter_swift",
            functions=kinds("function_declaration init_declaration deinit_declaration lambda_literal"),
            classes=kinds("class_declaration protocol_declaration"),
            blocks=kinds(
                "if_statement guard_statement for_statement while_statement repeat_while_statement switch_statement"
                " switch_entry do_statement catch_block"
            ),
            bodies=kinds(
                "function_body class_body enum_class_body protocol_body lambda_literal if_statement guard_statement"
                " for_statement while_statement repeat_while_statement switch_statement do_statement catch_block"
            ),
            comments=kinds("comment multiline_comment"),
            strings=kinds("line_string_literal multi_line_string_literal raw_string_literal"),
            interpolations=kinds("interpolated_expression"),
        ),
    ),
    Language(
        "scala",
        ("scala",),
        (".scala", ".sc"),
        line_comments=("//",),
        block_comments=C_COMMENTS,
        quotes=(Quote('"""', '"""', escape=RAW, multiline=True), DOUBLE),
        headers=(
            Header(ScopeKind.FUNCTION, r"(?:\w+\s+)*?def\s+(?P<name>\w+)"),
            Header(ScopeKind.CLASS, r"(?:\w+\s+)*?(?:class|trait|object)\s+(?P<name>\w+)"),
            C_BLOCK,
        ),
        opener=r"\{$|=>$",
        closer=r"\}",
        grammar=Grammar(
            "tree_sitter_scala",
            functions=kinds("function_definition lambda_expression"),
            classes=kinds("class_definition trait_definition object_definition enum_definition"),
            blocks=kinds(
                "if_expression for_expression while_expression do_while_expression match_expression case_clause"
                " try_expression catch_clause finally_clause"
            ),
            bodies=kinds("block template_body case_block indented_block"),
            comments=kinds("comment block_comment"),
            strings=kinds("string interpolated_string character_literal"),
            interpolations=kinds("interpolation"),
        ),
    ),
    Language(
        "dart",
        ("dart",),
        (".dart",),
        line_comments=("//",),
        block_comments=C_COMMENTS,
        quotes=(Quote("'''", "'''", multiline=True), Quote('"""', '"""', multiline=True), DOUBLE, SINGLE),
        headers=(
            Header(ScopeKind.CLASS, r"(?:abstract\s+)?(?:class|mixin|enum|extension)\s+(?P<name>\w+)"),
            C_BLOCK,
            *C_FUNCTIONS,
        ),
        opener=C_OPENER,
        closer=r"\}",
        literal_brace=C_LITERAL,
        members=("?.", "."),
    ),
    Language(
        "zig",
        ("zig",),
        (".zig",),
        line_comments=("//",),
        quotes=(DOUBLE, SINGLE),
        headers=(Header(ScopeKind.FUNCTION, r"(?:pub\s+|export\s+|inline\s+)*fn\s+(?P<name>\w+)"), C_BLOCK),
        opener=r"\{$",
        closer=r"\}",
        literal_brace=C_LITERAL,
        grammar=Grammar(
            "tree_sitter_zig",
            functions=kinds("function_declaration"),
            classes=kinds("struct_declaration enum_declaration union_declaration"),
            blocks=kinds("if_statement else_clause for_statement while_statement switch_expression switch_case"),
            bodies=kinds("block struct_declaration enum_declaration union_declaration switch_expression"),
            comments=kinds("comment"),
            strings=kinds("string multiline_string character"),
        ),
    ),
    Language(
        "perl",
        ("perl",),
        (".pl", ".pm", ".t"),
        line_comments=("#",),
        quotes=(Quote('"', '"', multiline=True), Quote("'", "'", multiline=True)),
        headers=(
            Header(ScopeKind.FUNCTION, r"sub\s+(?P<name>\w+)"),
            Header(ScopeKind.NAMESPACE, r"package\s+(?P<name>[\w:]+)\s*\{"),
            Header(ScopeKind.BLOCK, r"(?:\}\s*)?(?:if|elsif|else|unless|for|foreach|while|until)\b"),
        ),
        opener=r"\{$",
        closer=r"\}",
        literal_brace=r"[=(\[,>]\s*$",
        members=("->", "::"),
        word=r"[\w$@%]",
    ),
    Language(
        "r",
        ("r",),
        (".r",),
        line_comments=("#",),
        quotes=(DOUBLE, SINGLE),
        headers=(Header(ScopeKind.FUNCTION, r"(?P<name>[\w.]+)\s*(?:<-|=)\s*function\b"), C_BLOCK),
        opener=r"\{$",
        closer=r"\}",
        members=("$", "::", "@"),
        word=r"[\w.]",
    ),
    Language(
        "powershell",
        ("powershell",),
        (".ps1", ".psm1"),
        line_comments=("#",),
        block_comments=(("<#", "#>"),),
        quotes=(Quote('"', '"', escape="`[\\s\\S]", multiline=True), Quote("'", "'", escape="''", multiline=True)),
        headers=(Header(ScopeKind.FUNCTION, r"(?i:function|filter)\s+(?P<name>[\w:-]+)"), C_BLOCK),
        opener=r"\{$",
        closer=r"\}",
        literal_brace=r"@$",
        word=r"[\w$-]",
    ),
)
