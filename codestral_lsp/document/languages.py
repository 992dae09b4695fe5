"""The languages, as data. To add one, add an entry; `tests/document/test_languages.py` checks what can be checked."""

from __future__ import annotations

import builtins
import keyword
from pathlib import PurePath

from codestral_lsp.document.language import Grammar, Header, Language, Quote, ScopeKind

_DOUBLE = Quote('"', '"')
_SINGLE = Quote("'", "'")
_TEMPLATE = Quote("`", "`", multiline=True, code=r"\$\{[^}]*$")
_F_STRING = r"(?:(?<=[fF])|(?<=[fF][rR]))"
_IN_BRACES = r"(?<!\{)(?:\{\{)*\{[^{}]*$"
_RAW = r"(?!)"  # an escape that never matches

_C_COMMENTS = (("/*", "*/"),)
_C_BLOCK = Header(
    ScopeKind.BLOCK,
    r"(?:\}\s*)?(?:else|if|for|foreach|while|do|switch|try|catch|finally|using|lock|synchronized|with|match)\b[^;]*$",
)
_C_OPENER = r"\{$|^\s*(?:case\b.*|default\s*):$"
_C_LITERAL = r"(?:[=({\[,:?&|+]|\breturn|\byield|\bnew\b[^(){}]*)\s*$"

# A function that no keyword announces: a type, a name and parameters; or just these with the whole list of them,
# for constructors, and for types on a line of their own.
_NO_CALL = (
    r"(?!(?:else|if|for|foreach|while|do|switch|try|catch|return|new|throw|delete|case|using|lock|await|yield)\b)"
)
_C_NAME = r"(?P<name>~?\w[\w:~]*)\s*\("
_C_FUNCTIONS = (
    Header(ScopeKind.FUNCTION, rf"{_NO_CALL}(?:[\w<>\[\],.:@?~]+[\s*&]+)+{_C_NAME}[^;]*(?:\)\s*[^;()=]*)?$"),
    Header(ScopeKind.FUNCTION, rf"{_NO_CALL}{_C_NAME}[^;]*\)[\s\w:]*\{{?$"),
)


def _kinds(names: str) -> frozenset[str]:
    return frozenset(names.split())


_SCRIPT_HEADERS = (
    Header(
        ScopeKind.CLASS,
        r"(?:export\s+|default\s+|declare\s+|abstract\s+|const\s+)*(?:class|interface|enum)\b\s*(?P<name>[\w$]+)?",
    ),
    Header(ScopeKind.NAMESPACE, r"(?:export\s+|declare\s+)*(?:namespace|module)\s+(?P<name>[\w$.]+)\s*\{"),
    Header(
        ScopeKind.FUNCTION,
        r"(?:export\s+|default\s+|declare\s+|async\s+)*function\b\s*\*?\s*(?P<name>[\w$]+)?",
    ),
    Header(
        ScopeKind.FUNCTION,
        r"(?:export\s+|default\s+)*(?:(?:const|let|var|public|private|protected|static|readonly)\s+)*"
        r"(?P<name>[\w$.#]+)\s*[:=][^;]*(?:=>\s*\{?|\bfunction\b[^;]*\{)\s*$",
    ),
    _C_BLOCK,
    Header(ScopeKind.FUNCTION, r".*(?:\bfunction\b[\s*]*\([^()]*\)|=>)\s*\{$"),
    Header(
        ScopeKind.FUNCTION,
        r"(?!(?:return|await|new|throw|case)\b)(?:(?:public|private|protected|static|override|async|get|set)\s+)*"
        r"\*?(?P<name>[\w$#]+)\s*(?:<[^>]*>)?\([^;]*\)[^;)]*\{$",
    ),
)


def _script_grammar(module: str, entry: str) -> Grammar:
    return Grammar(
        module,
        entry=entry,
        functions=_kinds(
            "arrow_function function_declaration function_expression generator_function"
            " generator_function_declaration method_definition"
        ),
        classes=_kinds("class class_declaration abstract_class_declaration interface_declaration enum_declaration"),
        blocks=_kinds(
            "if_statement else_clause for_statement for_in_statement while_statement do_statement switch_statement"
            " try_statement catch_clause finally_clause with_statement class_static_block labeled_statement"
        ),
        bodies=_kinds("statement_block class_body switch_body interface_body enum_body object_type class_static_block"),
        namespaces=_kinds("internal_module module"),
        comments=_kinds("comment html_comment hash_bang_line"),
        strings=_kinds("string template_string regex"),
        interpolations=_kinds("template_substitution"),
    )


def _script(name: str, ids: tuple[str, ...], extensions: tuple[str, ...], module: str, entry: str) -> Language:
    return Language(
        name,
        ids,
        extensions,
        line_comments=("//",),
        block_comments=_C_COMMENTS,
        quotes=(_DOUBLE, _SINGLE, _TEMPLATE),
        headers=_SCRIPT_HEADERS,
        opener=_C_OPENER,
        closer=r"\}",
        literal_brace=_C_LITERAL,
        members=("?.", "."),
        word=r"[\w$]",
        builtins=_kinds("undefined arguments console window document globalThis module exports process require self"),
        grammar=_script_grammar(module, entry),
    )


def _c_grammar(module: str) -> Grammar:
    return Grammar(
        module,
        functions=_kinds("function_definition lambda_expression"),
        classes=_kinds("struct_specifier union_specifier enum_specifier class_specifier"),
        blocks=_kinds(
            "if_statement else_clause for_statement for_range_loop while_statement do_statement switch_statement"
            " case_statement try_statement catch_clause labeled_statement linkage_specification"
        ),
        bodies=_kinds("compound_statement field_declaration_list enumerator_list declaration_list requirement_seq"),
        namespaces=_kinds("namespace_definition"),
        comments=_kinds("comment"),
        strings=_kinds("string_literal char_literal raw_string_literal system_lib_string"),
    )


def _markup_grammar(module: str, blocks: str = "") -> Grammar:
    return Grammar(
        module,
        functions=frozenset(),
        classes=frozenset(),
        blocks=_kinds(f"element script_element style_element {blocks}"),
        bodies=frozenset(),
        comments=_kinds("comment"),
        strings=_kinds("quoted_attribute_value"),
    )


_PYTHON_HEADERS = (
    Header(ScopeKind.FUNCTION, r"(?:async\s+)?def\s+(?P<name>\w+)"),
    Header(ScopeKind.CLASS, r"class\s+(?P<name>\w+)"),
    Header(
        ScopeKind.BLOCK,
        r"(?:(?:async\s+)?(?:for|with)|if|elif|else|while|try|except|finally|match|case)\b.*:\s*(?:#.*)?$",
    ),
)
_SHELL_HEADERS = (
    Header(ScopeKind.FUNCTION, r"(?:function\s+)?(?P<name>[\w:.-]+)\s*\(\s*\)|function\s+(?P<other>[\w:.-]+)"),
    Header(ScopeKind.BLOCK, r"(?:if|elif|else|for|while|until|case|select|\()(?:\s|$)"),
)
_END_BLOCK = r"(?:if|unless|while|until|case|when|in|for|begin|else|elsif|ensure|rescue)\b"

LANGUAGES: tuple[Language, ...] = (
    Language(
        "python",
        ("python",),
        (".py", ".pyi", ".pyw"),
        line_comments=("#",),
        quotes=(
            Quote(rf'{_F_STRING}"""', '"""', multiline=True, code=_IN_BRACES),
            Quote('"""', '"""', multiline=True),
            Quote("'''", "'''", multiline=True),
            Quote(rf'{_F_STRING}"', '"', code=_IN_BRACES),
            Quote(rf"{_F_STRING}'", "'", code=_IN_BRACES),
            _DOUBLE,
            _SINGLE,
        ),
        docstrings=True,
        indented=True,
        headers=_PYTHON_HEADERS,
        opener=(
            r"^\s*(?:(?:async\s+)?(?:def|for|with)|class|if|elif|else|while|try|except|finally|match|case)\b.*:$"
            r"|^\s*[)\]}].*:$"
        ),
        builtins=frozenset(dir(builtins)) | frozenset(keyword.kwlist) | {"self", "cls"},
        grammar=Grammar(
            "tree_sitter_python",
            functions=_kinds("function_definition"),
            classes=_kinds("class_definition"),
            blocks=_kinds(
                "if_statement elif_clause else_clause for_statement while_statement try_statement except_clause"
                " finally_clause with_statement match_statement case_clause"
            ),
            bodies=_kinds("block"),
            comments=_kinds("comment"),
            strings=_kinds("string"),
            interpolations=_kinds("interpolation"),
        ),
    ),
    _script(
        "javascript",
        ("javascript", "javascriptreact"),
        (".js", ".mjs", ".cjs", ".jsx"),
        "tree_sitter_javascript",
        "language",
    ),
    _script("typescript", ("typescript",), (".ts", ".mts", ".cts"), "tree_sitter_typescript", "language_typescript"),
    _script("tsx", ("typescriptreact",), (".tsx",), "tree_sitter_typescript", "language_tsx"),
    Language(
        "go",
        ("go",),
        (".go",),
        line_comments=("//",),
        block_comments=_C_COMMENTS,
        quotes=(_DOUBLE, _SINGLE, Quote("`", "`", escape=_RAW, multiline=True)),
        headers=(
            Header(ScopeKind.FUNCTION, r"func\b\s*(?:\([^)]*\)\s*)?(?P<name>\w+)?"),
            Header(ScopeKind.FUNCTION, r"(?:return\b|go\b|defer\b|(?P<name>\w+)\s*:?=).*\bfunc\([^{}]*\{$"),
            Header(ScopeKind.CLASS, r"(?:type\s+)?(?P<name>\w+)(?:\[[^]]*\])?\s+(?:struct|interface)\b"),
            Header(ScopeKind.BLOCK, r"(?:\}\s*else\b|if|for|switch|select|case|default)\b"),
        ),
        opener=_C_OPENER,
        closer=r"\}",
        literal_brace=(
            r"(?:[=(\[,:&]|\breturn)\s*$|^\s*+(?![)}]|(?:if|else|for|switch|select|func|type|case|go|defer)\b)"
            r"(?!.*\b(?:func|struct|interface)\b)\S.*[\w\])]$"
        ),
        grammar=Grammar(
            "tree_sitter_go",
            functions=_kinds("function_declaration method_declaration func_literal"),
            classes=_kinds("struct_type interface_type"),
            blocks=_kinds(
                "if_statement for_statement expression_switch_statement type_switch_statement select_statement"
                " expression_case type_case default_case communication_case"
            ),
            bodies=_kinds(
                "block field_declaration_list interface_type expression_switch_statement type_switch_statement"
                " select_statement"
            ),
            comments=_kinds("comment"),
            strings=_kinds("interpreted_string_literal raw_string_literal rune_literal"),
        ),
    ),
    Language(
        "rust",
        ("rust",),
        (".rs",),
        line_comments=("//",),
        block_comments=_C_COMMENTS,
        quotes=(
            Quote(r'(?<=r##)"', r'"##', escape=_RAW, multiline=True),
            Quote(r'(?<=r#)"', r'"#', escape=_RAW, multiline=True),
            Quote(r'(?<=\br)"|(?<=\bbr)"', r'"', escape=_RAW, multiline=True),
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
            functions=_kinds("function_item closure_expression"),
            classes=_kinds("struct_item enum_item trait_item impl_item union_item"),
            blocks=_kinds(
                "if_expression else_clause for_expression while_expression loop_expression match_expression match_arm"
                " unsafe_block async_block"
            ),
            bodies=_kinds("block declaration_list field_declaration_list enum_variant_list match_block"),
            namespaces=_kinds("mod_item foreign_mod_item"),
            comments=_kinds("line_comment block_comment"),
            strings=_kinds("string_literal raw_string_literal char_literal"),
        ),
    ),
    Language(
        "java",
        ("java",),
        (".java",),
        line_comments=("//",),
        block_comments=_C_COMMENTS,
        quotes=(Quote('"""', '"""', multiline=True), _DOUBLE, _SINGLE),
        headers=(
            Header(ScopeKind.CLASS, r"(?:[\w@().]+\s+)*?(?:class|interface|enum|record)\s+(?P<name>\w+)"),
            _C_BLOCK,
            *_C_FUNCTIONS,
        ),
        opener=_C_OPENER,
        closer=r"\}",
        literal_brace=_C_LITERAL,
        members=("::", "."),
        grammar=Grammar(
            "tree_sitter_java",
            functions=_kinds(
                "method_declaration constructor_declaration compact_constructor_declaration lambda_expression"
                " static_initializer"
            ),
            classes=_kinds(
                "class_declaration interface_declaration enum_declaration record_declaration"
                " annotation_type_declaration"
            ),
            blocks=_kinds(
                "if_statement for_statement enhanced_for_statement while_statement do_statement switch_expression"
                " switch_block_statement_group switch_rule try_statement try_with_resources_statement catch_clause"
                " finally_clause synchronized_statement labeled_statement"
            ),
            bodies=_kinds(
                "block class_body constructor_body interface_body enum_body switch_block annotation_type_body"
                " module_body"
            ),
            comments=_kinds("line_comment block_comment"),
            strings=_kinds("string_literal character_literal"),
            interpolations=_kinds("string_interpolation"),
        ),
    ),
    Language(
        "c",
        ("c",),
        (".c", ".h"),
        line_comments=("//",),
        block_comments=_C_COMMENTS,
        quotes=(_DOUBLE, _SINGLE),
        headers=(
            Header(ScopeKind.CLASS, r"(?:typedef\s+)?(?:struct|union|enum)\b\s*(?P<name>\w+)?\s*(?:\{|$)"),
            _C_BLOCK,
            *_C_FUNCTIONS,
        ),
        opener=_C_OPENER,
        closer=r"\}",
        literal_brace=_C_LITERAL,
        members=("->", "."),
        grammar=_c_grammar("tree_sitter_c"),
    ),
    Language(
        "cpp",
        ("cpp", "cuda-cpp"),
        (".cpp", ".cc", ".cxx", ".c++", ".hpp", ".hh", ".hxx", ".h++", ".ipp", ".inl", ".cu", ".cuh"),
        line_comments=("//",),
        block_comments=_C_COMMENTS,
        quotes=(Quote(r'(?<=R)"\(', r'\)"', escape=_RAW, multiline=True), _DOUBLE, Quote(r"(?<![0-9A-Fa-f])'", "'")),
        headers=(
            Header(ScopeKind.NAMESPACE, r"(?:inline\s+)?namespace\b\s*(?P<name>[\w:]+)?"),
            Header(
                ScopeKind.CLASS,
                r"(?:template\s*<.*>\s*)?(?:typedef\s+)?(?:class|struct|union|enum(?:\s+class)?)\b\s*(?P<name>\w+)?"
                r"[^;()]*$",
            ),
            _C_BLOCK,
            *_C_FUNCTIONS,
        ),
        opener=_C_OPENER,
        closer=r"\}",
        literal_brace=_C_LITERAL,
        members=("->", "::", "."),
        grammar=_c_grammar("tree_sitter_cpp"),
    ),
    Language(
        "csharp",
        ("csharp",),
        (".cs", ".csx"),
        line_comments=("//",),
        block_comments=_C_COMMENTS,
        quotes=(
            Quote('"""', '"""', escape=_RAW, multiline=True),
            Quote(r'(?<=@)"|(?<=@\$)"', r'"(?!")', escape='""', multiline=True),
            Quote(r'(?<=\$)"', '"', code=_IN_BRACES),
            _DOUBLE,
            _SINGLE,
        ),
        headers=(
            Header(ScopeKind.NAMESPACE, r"namespace\s+(?P<name>[\w.]+)"),
            Header(ScopeKind.CLASS, r"(?:[\w\[\]()]+\s+)*?(?:class|interface|enum|struct|record)\s+(?P<name>\w+)"),
            _C_BLOCK,
            *_C_FUNCTIONS,
        ),
        opener=_C_OPENER,
        closer=r"\}",
        literal_brace=_C_LITERAL,
        members=("?.", "."),
        grammar=Grammar(
            "tree_sitter_c_sharp",
            functions=_kinds(
                "method_declaration constructor_declaration destructor_declaration operator_declaration"
                " conversion_operator_declaration local_function_statement lambda_expression"
                " anonymous_method_expression accessor_declaration"
            ),
            classes=_kinds(
                "class_declaration interface_declaration enum_declaration struct_declaration record_declaration"
            ),
            blocks=_kinds(
                "if_statement for_statement foreach_statement while_statement do_statement switch_statement"
                " switch_section try_statement catch_clause finally_clause using_statement lock_statement"
                " fixed_statement unsafe_statement checked_statement property_declaration indexer_declaration"
            ),
            bodies=_kinds(
                "block declaration_list enum_member_declaration_list switch_body accessor_list switch_expression"
            ),
            namespaces=_kinds("namespace_declaration file_scoped_namespace_declaration"),
            comments=_kinds("comment"),
            strings=_kinds(
                "string_literal verbatim_string_literal raw_string_literal interpolated_string_expression"
                " character_literal"
            ),
            interpolations=_kinds("interpolation"),
        ),
    ),
    Language(
        "ruby",
        ("ruby",),
        (".rb", ".rake", ".gemspec", ".ru"),
        line_comments=("#",),
        block_comments=(("\n=begin", "\n=end"),),
        quotes=(
            Quote('"', '"', multiline=True, code=r"#\{[^}]*$"),
            Quote("'", "'", multiline=True),
            Quote("`", "`", multiline=True, code=r"#\{[^}]*$"),
        ),
        headers=(
            Header(ScopeKind.FUNCTION, r"(?:private\s+|protected\s+|public\s+)?def\s+(?:self\.)?(?P<name>[\w?!=]+)"),
            Header(ScopeKind.CLASS, r"class\s+(?:<<\s*)?(?P<name>[\w:]+)"),
            Header(ScopeKind.NAMESPACE, r"module\s+(?P<name>[\w:]+)"),
            Header(ScopeKind.BLOCK, rf"{_END_BLOCK}|.*(?:\bdo|\{{)\s*(?:\|[^|]*\|)?$|.*=\s*(?:if|case|begin)\b"),
        ),
        opener=(
            rf"^\s*(?:(?:private\s+|protected\s+|public\s+)?def|class|module|{_END_BLOCK})(?:\b(?!.*\bend$)|.*$)"
            r"|(?:\bdo|\{)\s*(?:\|[^|]*\|)?$"
        ),
        closer=r"(?:end|else|elsif|when|rescue|ensure)\b|\}",
        literal_brace=r"[=(\[,:>]\s*$|\breturn\s*$",
        members=("&.", "::", "."),
        grammar=Grammar(
            "tree_sitter_ruby",
            functions=_kinds("method singleton_method lambda"),
            classes=_kinds("class singleton_class"),
            blocks=_kinds(
                "if unless while until for case case_match when in_clause begin rescue ensure else elsif do_block block"
            ),
            bodies=_kinds("block do_block"),
            namespaces=_kinds("module"),
            comments=_kinds("comment"),
            strings=_kinds(
                "string chained_string heredoc_body subshell regex string_array symbol_array delimited_symbol character"
            ),
            interpolations=_kinds("interpolation"),
        ),
    ),
    Language(
        "php",
        ("php",),
        (".php", ".phtml"),
        line_comments=("//", "#"),
        block_comments=_C_COMMENTS,
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
            _C_BLOCK,
        ),
        opener=_C_OPENER,
        closer=r"\}",
        literal_brace=_C_LITERAL,
        members=("?->", "->", "::"),
        word=r"[\w$]",
        grammar=Grammar(
            "tree_sitter_php",
            entry="language_php",
            functions=_kinds("function_definition method_declaration anonymous_function arrow_function"),
            classes=_kinds(
                "class_declaration interface_declaration trait_declaration enum_declaration anonymous_class"
            ),
            blocks=_kinds(
                "if_statement else_clause else_if_clause for_statement foreach_statement while_statement do_statement"
                " switch_statement case_statement default_statement try_statement catch_clause finally_clause"
                " match_expression"
            ),
            bodies=_kinds("compound_statement declaration_list enum_declaration_list switch_block match_block"),
            namespaces=_kinds("namespace_definition"),
            comments=_kinds("comment"),
            strings=_kinds("string encapsed_string heredoc_body nowdoc_body shell_command_expression"),
        ),
    ),
    Language(
        "bash",
        ("shellscript", "bash", "sh", "zsh"),
        (".sh", ".bash", ".zsh", ".bashrc", ".bats"),
        line_comments=("#",),
        quotes=(
            Quote('"', '"', multiline=True, code=r"\$\{[^}]*$|\$\([^)]*$"),
            Quote("'", "'", escape=_RAW, multiline=True),
        ),
        headers=_SHELL_HEADERS,
        opener=r"(?:^|[\s;])(?:then|do|else|in|\{|\()$|^\s*[^()\s]+(?:\s*\|\s*[^()\s]+)*\)$",
        closer=r"(?:fi|done|esac|else|elif)\b|;;|\}|\)",
        members=(),
        grammar=Grammar(
            "tree_sitter_bash",
            functions=_kinds("function_definition"),
            classes=frozenset(),
            blocks=_kinds(
                "if_statement elif_clause else_clause for_statement c_style_for_statement while_statement"
                " case_statement case_item subshell"
            ),
            bodies=_kinds("compound_statement subshell"),
            comments=_kinds("comment"),
            strings=_kinds("string raw_string ansi_c_string translated_string heredoc_body"),
            interpolations=_kinds(
                "command_substitution expansion simple_expansion arithmetic_expansion process_substitution"
            ),
        ),
    ),
    # Text rules only.
    Language(
        "lua",
        ("lua",),
        (".lua",),
        line_comments=("--",),
        block_comments=(("--[[", "]]"),),
        quotes=(Quote(r"\[\[", r"\]\]", escape=_RAW, multiline=True), _DOUBLE, _SINGLE),
        headers=(
            Header(ScopeKind.FUNCTION, r"(?:local\s+)?function\s+(?P<name>[\w.:]+)"),
            Header(ScopeKind.FUNCTION, r"(?:local\s+)?(?P<name>[\w.]+)\s*=\s*function\b"),
            Header(ScopeKind.BLOCK, r"(?:if|elseif|else|for|while|repeat|do)\b"),
        ),
        opener=r"\b(?:then|do|else|repeat)$|\bfunction\b[^()]*\([^()]*\)$",
        closer=r"(?:end|else|elseif|until)\b",
        literal_brace=r"",
        members=(".", ":"),
        grammar=Grammar(
            "tree_sitter_lua",
            functions=_kinds("function_declaration function_definition"),
            classes=frozenset(),
            blocks=_kinds(
                "if_statement elseif_statement else_statement for_statement while_statement repeat_statement"
                " do_statement"
            ),
            bodies=_kinds("block"),
            comments=_kinds("comment"),
            strings=_kinds("string"),
        ),
    ),
    Language(
        "kotlin",
        ("kotlin",),
        (".kt", ".kts"),
        line_comments=("//",),
        block_comments=_C_COMMENTS,
        quotes=(Quote('"""', '"""', escape=_RAW, multiline=True), _DOUBLE, _SINGLE),
        headers=(
            Header(ScopeKind.FUNCTION, r"(?:\w+\s+)*?fun\s+(?:<[^>]*>\s*)?(?:[\w<>?]+\.)*(?P<name>\w+)"),
            Header(ScopeKind.CLASS, r"(?:\w+\s+)*?(?:class|interface|object)\b\s*(?P<name>\w+)?"),
            _C_BLOCK,
        ),
        opener=r"\{$|->$",
        closer=r"\}",
        members=("?.", "::", "."),
        grammar=Grammar(
            "tree_sitter_kotlin",
            functions=_kinds(
                "function_declaration secondary_constructor anonymous_function lambda_literal getter setter"
            ),
            classes=_kinds("class_declaration object_declaration companion_object"),
            blocks=_kinds(
                "if_expression for_statement while_statement do_while_statement when_expression when_entry"
                " try_expression catch_block finally_block"
            ),
            bodies=_kinds("block function_body class_body enum_class_body lambda_literal when_expression"),
            comments=_kinds("line_comment block_comment"),
            strings=_kinds("string_literal multiline_string_literal character_literal"),
            interpolations=_kinds("interpolation"),
        ),
    ),
    Language(
        "swift",
        ("swift",),
        (".swift",),
        line_comments=("//",),
        block_comments=_C_COMMENTS,
        quotes=(Quote('"""', '"""', multiline=True), _DOUBLE),
        headers=(
            Header(ScopeKind.FUNCTION, r"(?:[\w@()]+\s+)*?(?:func\s+(?P<name>\w+)|init\b|deinit\b)"),
            Header(ScopeKind.CLASS, r"(?:\w+\s+)*?(?:class|struct|enum|protocol|extension|actor)\s+(?P<name>[\w.]+)"),
            _C_BLOCK,
        ),
        opener=_C_OPENER,
        closer=r"\}",
        members=("?.", "."),
        grammar=Grammar(
            "tree_sitter_swift",
            functions=_kinds("function_declaration init_declaration deinit_declaration lambda_literal"),
            classes=_kinds("class_declaration protocol_declaration"),
            blocks=_kinds(
                "if_statement guard_statement for_statement while_statement repeat_while_statement switch_statement"
                " switch_entry do_statement catch_block"
            ),
            bodies=_kinds(
                "function_body class_body enum_class_body protocol_body lambda_literal if_statement guard_statement"
                " for_statement while_statement repeat_while_statement switch_statement do_statement catch_block"
            ),
            comments=_kinds("comment multiline_comment"),
            strings=_kinds("line_string_literal multi_line_string_literal raw_string_literal"),
            interpolations=_kinds("interpolated_expression"),
        ),
    ),
    Language(
        "scala",
        ("scala",),
        (".scala", ".sc"),
        line_comments=("//",),
        block_comments=_C_COMMENTS,
        quotes=(Quote('"""', '"""', escape=_RAW, multiline=True), _DOUBLE),
        headers=(
            Header(ScopeKind.FUNCTION, r"(?:\w+\s+)*?def\s+(?P<name>\w+)"),
            Header(ScopeKind.CLASS, r"(?:\w+\s+)*?(?:class|trait|object)\s+(?P<name>\w+)"),
            _C_BLOCK,
        ),
        opener=r"\{$|=>$",
        closer=r"\}",
        grammar=Grammar(
            "tree_sitter_scala",
            functions=_kinds("function_definition lambda_expression"),
            classes=_kinds("class_definition trait_definition object_definition enum_definition"),
            blocks=_kinds(
                "if_expression for_expression while_expression do_while_expression match_expression case_clause"
                " try_expression catch_clause finally_clause"
            ),
            bodies=_kinds("block template_body case_block indented_block"),
            comments=_kinds("comment block_comment"),
            strings=_kinds("string interpolated_string character_literal"),
            interpolations=_kinds("interpolation"),
        ),
    ),
    Language(
        "dart",
        ("dart",),
        (".dart",),
        line_comments=("//",),
        block_comments=_C_COMMENTS,
        quotes=(Quote("'''", "'''", multiline=True), Quote('"""', '"""', multiline=True), _DOUBLE, _SINGLE),
        headers=(
            Header(ScopeKind.CLASS, r"(?:abstract\s+)?(?:class|mixin|enum|extension)\s+(?P<name>\w+)"),
            _C_BLOCK,
            *_C_FUNCTIONS,
        ),
        opener=_C_OPENER,
        closer=r"\}",
        literal_brace=_C_LITERAL,
        members=("?.", "."),
    ),
    Language(
        "haskell",
        ("haskell",),
        (".hs",),
        line_comments=("--",),
        block_comments=(("{-", "-}"),),
        quotes=(_DOUBLE,),
        indented=True,
    ),
    Language(
        "elixir",
        ("elixir",),
        (".ex", ".exs"),
        line_comments=("#",),
        quotes=(Quote('"""', '"""', multiline=True), _DOUBLE, _SINGLE),
        headers=(
            Header(ScopeKind.FUNCTION, r"(?:def|defp|defmacro|defmacrop)\s+(?P<name>[\w?!]+)"),
            Header(ScopeKind.NAMESPACE, r"defmodule\s+(?P<name>[\w.]+)"),
            Header(ScopeKind.BLOCK, r".*(?:\bdo|->)$|else\b|rescue\b|after\b"),
        ),
        opener=r"(?:\bdo|->|\belse)$",
        closer=r"(?:end|else|rescue|after|catch)\b",
    ),
    Language(
        "zig",
        ("zig",),
        (".zig",),
        line_comments=("//",),
        quotes=(_DOUBLE, _SINGLE),
        headers=(Header(ScopeKind.FUNCTION, r"(?:pub\s+|export\s+|inline\s+)*fn\s+(?P<name>\w+)"), _C_BLOCK),
        opener=r"\{$",
        closer=r"\}",
        literal_brace=_C_LITERAL,
        grammar=Grammar(
            "tree_sitter_zig",
            functions=_kinds("function_declaration"),
            classes=_kinds("struct_declaration enum_declaration union_declaration"),
            blocks=_kinds("if_statement else_clause for_statement while_statement switch_expression switch_case"),
            bodies=_kinds("block struct_declaration enum_declaration union_declaration switch_expression"),
            comments=_kinds("comment"),
            strings=_kinds("string multiline_string character"),
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
        quotes=(_DOUBLE, _SINGLE),
        headers=(Header(ScopeKind.FUNCTION, r"(?P<name>[\w.]+)\s*(?:<-|=)\s*function\b"), _C_BLOCK),
        opener=r"\{$",
        closer=r"\}",
        members=("$", "::", "@"),
        word=r"[\w.]",
    ),
    Language(
        "julia",
        ("julia",),
        (".jl",),
        line_comments=("#",),
        block_comments=(("#=", "=#"),),
        quotes=(Quote('"""', '"""', multiline=True), _DOUBLE),
        headers=(
            Header(ScopeKind.FUNCTION, r"(?:function|macro)\s+(?P<name>[\w.!]+)"),
            Header(ScopeKind.CLASS, r"(?:mutable\s+)?struct\s+(?P<name>\w+)"),
            Header(ScopeKind.NAMESPACE, r"module\s+(?P<name>\w+)"),
            Header(ScopeKind.BLOCK, r"(?:if|elseif|else|for|while|begin|let|try|catch|finally)\b|.*\bdo\b"),
        ),
        opener=r"^\s*(?:function|macro|(?:mutable\s+)?struct|module|if|elseif|else|for|while|begin|let|try)\b(?!.*\bend$)",
        closer=r"(?:end|else|elseif|catch|finally)\b",
    ),
    Language(
        "powershell",
        ("powershell",),
        (".ps1", ".psm1"),
        line_comments=("#",),
        block_comments=(("<#", "#>"),),
        quotes=(Quote('"', '"', escape="`[\\s\\S]", multiline=True), Quote("'", "'", escape="''", multiline=True)),
        headers=(Header(ScopeKind.FUNCTION, r"(?i:function|filter)\s+(?P<name>[\w:-]+)"), _C_BLOCK),
        opener=r"\{$",
        closer=r"\}",
        literal_brace=r"@$",
        word=r"[\w$-]",
    ),
    Language("sql", ("sql",), (".sql",), line_comments=("--",), block_comments=_C_COMMENTS, quotes=(_SINGLE,)),
    Language(
        "html",
        ("html", "vue"),
        (".html", ".htm", ".vue"),
        block_comments=(("<!--", "-->"),),
        members=(),
        word=r"[\w-]",
        grammar=_markup_grammar("tree_sitter_html"),
    ),
    Language(
        "svelte",
        ("svelte",),
        (".svelte",),
        block_comments=(("<!--", "-->"),),
        quotes=(_DOUBLE, _SINGLE, _TEMPLATE),
        opener=r"\{$",
        closer=r"\}|</|\{/",
        members=("?.", "."),
        word=r"[\w$]",
        grammar=_markup_grammar("tree_sitter_svelte", "if_statement each_statement await_statement key_statement"),
    ),
    Language(
        "xml",
        ("xml",),
        (".xml", ".svg"),
        block_comments=(("<!--", "-->"),),
        members=(),
        word=r"[\w:-]",
        grammar=Grammar(
            "tree_sitter_xml",
            entry="language_xml",
            functions=frozenset(),
            classes=frozenset(),
            blocks=_kinds("element"),
            bodies=frozenset(),
            comments=_kinds("Comment"),
            strings=_kinds("AttValue"),
        ),
    ),
    Language(
        "css",
        ("css",),
        (".css",),
        block_comments=_C_COMMENTS,
        quotes=(_DOUBLE, _SINGLE),
        opener=r"\{$",
        closer=r"\}",
        members=(),
        word=r"[\w-]",
        grammar=Grammar(
            "tree_sitter_css",
            functions=frozenset(),
            classes=frozenset(),
            blocks=_kinds("rule_set media_statement supports_statement keyframes_statement at_rule"),
            bodies=_kinds("block keyframe_block_list"),
            comments=_kinds("comment"),
            strings=_kinds("string_value"),
        ),
    ),
    Language(
        "scss",
        ("scss", "less"),
        (".scss", ".less"),
        line_comments=("//",),
        block_comments=_C_COMMENTS,
        quotes=(_DOUBLE, _SINGLE),
        opener=r"\{$",
        closer=r"\}",
        members=(),
        word=r"[\w$@-]",
    ),
    Language(
        "json",
        ("json", "jsonc"),
        (".json", ".jsonc"),
        line_comments=("//",),
        quotes=(_DOUBLE,),
        members=(),
        grammar=Grammar(
            "tree_sitter_json",
            functions=frozenset(),
            classes=frozenset(),
            blocks=_kinds("object array"),
            bodies=frozenset(),
            comments=_kinds("comment"),
            strings=_kinds("string"),
        ),
    ),
    Language(
        "yaml",
        ("yaml",),
        (".yaml", ".yml"),
        line_comments=("#",),
        quotes=(_DOUBLE, _SINGLE),
        indented=True,
        members=(),
        grammar=Grammar(
            "tree_sitter_yaml",
            functions=frozenset(),
            classes=frozenset(),
            blocks=_kinds("block_mapping_pair block_sequence_item"),
            bodies=frozenset(),
            comments=_kinds("comment"),
            strings=_kinds("double_quote_scalar single_quote_scalar block_scalar"),
        ),
    ),
    Language(
        "toml",
        ("toml",),
        (".toml",),
        line_comments=("#",),
        quotes=(
            Quote('"""', '"""', multiline=True),
            Quote("'''", "'''", escape=_RAW, multiline=True),
            _DOUBLE,
            Quote("'", "'", escape=_RAW),
        ),
        grammar=Grammar(
            "tree_sitter_toml",
            functions=frozenset(),
            classes=frozenset(),
            blocks=_kinds("table table_array_element"),
            bodies=frozenset(),
            comments=_kinds("comment"),
            strings=_kinds("string"),
        ),
    ),
    Language("dockerfile", ("dockerfile",), (".dockerfile",), line_comments=("#",), quotes=(_DOUBLE, _SINGLE)),
    Language("makefile", ("makefile",), (".mk",), line_comments=("#",), members=()),
    Language(
        "terraform",
        ("terraform", "hcl"),
        (".tf", ".hcl"),
        line_comments=("#", "//"),
        block_comments=_C_COMMENTS,
        quotes=(_DOUBLE,),
        opener=r"\{$",
        closer=r"\}",
        literal_brace=r"=\s*$",
        grammar=Grammar(
            "tree_sitter_hcl",
            functions=frozenset(),
            classes=frozenset(),
            blocks=_kinds("block object"),
            bodies=_kinds("block"),
            comments=_kinds("comment"),
            strings=_kinds("string_lit quoted_template heredoc_template"),
            interpolations=_kinds("template_interpolation"),
        ),
    ),
    Language("markdown", ("markdown",), (".md", ".markdown"), block_comments=(("<!--", "-->"),), members=()),
)

PLAIN = Language("plaintext", ("plaintext",), (".txt",), members=())
"""What a document is when nothing is known of its language."""

_BY_ID = {identifier: language for language in (*LANGUAGES, PLAIN) for identifier in language.ids}
_BY_EXTENSION = {extension: language for language in LANGUAGES for extension in language.extensions}


def language_of(identifier: str, path: PurePath | str = "") -> Language:
    """The language of an LSP language id; if that is unknown, of the path's extension; else `PLAIN`."""
    found = _BY_ID.get(identifier.lower())
    return found if found is not None else _BY_EXTENSION.get(PurePath(path).suffix.lower(), PLAIN)
