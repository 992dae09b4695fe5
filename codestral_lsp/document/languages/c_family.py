"""C and its nearest kin, in which no keyword announces a function."""

from __future__ import annotations

from codestral_lsp.document.language import Grammar, Header, Language, Quote, ScopeKind
from codestral_lsp.document.languages.parts import (
    C_BLOCK,
    C_COMMENTS,
    C_FUNCTIONS,
    C_LITERAL,
    C_OPENER,
    DOUBLE,
    IN_BRACES,
    RAW,
    SINGLE,
    kinds,
)


def _c_grammar(module: str) -> Grammar:
    return Grammar(
        module,
        functions=kinds("function_definition lambda_expression"),
        classes=kinds("struct_specifier union_specifier enum_specifier class_specifier"),
        blocks=kinds(
            "if_statement else_clause for_statement for_range_loop while_statement do_statement switch_statement"
            " case_statement try_statement catch_clause labeled_statement linkage_specification"
        ),
        bodies=kinds("compound_statement field_declaration_list enumerator_list declaration_list requirement_seq"),
        namespaces=kinds("namespace_definition"),
        comments=kinds("comment"),
        strings=kinds("string_literal char_literal raw_string_literal system_lib_string"),
    )


C_FAMILY: tuple[Language, ...] = (
    Language(
        "java",
        ("java",),
        (".java",),
        line_comments=("//",),
        block_comments=C_COMMENTS,
        quotes=(Quote('"""', '"""', multiline=True), DOUBLE, SINGLE),
        headers=(
            Header(ScopeKind.CLASS, r"(?:[\w@().]+\s+)*?(?:class|interface|enum|record)\s+(?P<name>\w+)"),
            C_BLOCK,
            *C_FUNCTIONS,
        ),
        opener=C_OPENER,
        closer=r"\}",
        literal_brace=C_LITERAL,
        members=("::", "."),
        grammar=Grammar(
            "tree_sitter_java",
            functions=kinds(
                "method_declaration constructor_declaration compact_constructor_declaration lambda_expression"
                " static_initializer"
            ),
            classes=kinds(
                "class_declaration interface_declaration enum_declaration record_declaration"
                " annotation_type_declaration"
            ),
            blocks=kinds(
                "if_statement for_statement enhanced_for_statement while_statement do_statement switch_expression"
                " switch_block_statement_group switch_rule try_statement try_with_resources_statement catch_clause"
                " finally_clause synchronized_statement labeled_statement"
            ),
            bodies=kinds(
                "block class_body constructor_body interface_body enum_body switch_block annotation_type_body"
                " module_body"
            ),
            comments=kinds("line_comment block_comment"),
            strings=kinds("string_literal character_literal"),
            interpolations=kinds("string_interpolation"),
        ),
    ),
    Language(
        "c",
        ("c",),
        (".c", ".h"),
        line_comments=("//",),
        block_comments=C_COMMENTS,
        quotes=(DOUBLE, SINGLE),
        headers=(
            Header(ScopeKind.CLASS, r"(?:typedef\s+)?(?:struct|union|enum)\b\s*(?P<name>\w+)?\s*(?:\{|$)"),
            C_BLOCK,
            *C_FUNCTIONS,
        ),
        opener=C_OPENER,
        closer=r"\}",
        literal_brace=C_LITERAL,
        members=("->", "."),
        grammar=_c_grammar("tree_sitter_c"),
    ),
    Language(
        "cpp",
        ("cpp", "cuda-cpp"),
        (".cpp", ".cc", ".cxx", ".c++", ".hpp", ".hh", ".hxx", ".h++", ".ipp", ".inl", ".cu", ".cuh"),
        line_comments=("//",),
        block_comments=C_COMMENTS,
        quotes=(Quote(r'(?<=R)"\(', r'\)"', escape=RAW, multiline=True), DOUBLE, Quote(r"(?<![0-9A-Fa-f])'", "'")),
        headers=(
            Header(ScopeKind.NAMESPACE, r"(?:inline\s+)?namespace\b\s*(?P<name>[\w:]+)?"),
            Header(
                ScopeKind.CLASS,
                r"(?:template\s*<.*>\s*)?(?:typedef\s+)?(?:class|struct|union|enum(?:\s+class)?)\b\s*(?P<name>\w+)?"
                r"[^;()]*$",
            ),
            C_BLOCK,
            *C_FUNCTIONS,
        ),
        opener=C_OPENER,
        closer=r"\}",
        literal_brace=C_LITERAL,
        members=("->", "::", "."),
        grammar=_c_grammar("tree_sitter_cpp"),
    ),
    Language(
        "csharp",
        ("csharp",),
        (".cs", ".csx"),
        line_comments=("//",),
        block_comments=C_COMMENTS,
        quotes=(
            Quote('"""', '"""', escape=RAW, multiline=True),
            Quote(r'(?<=@)"|(?<=@\$)"', r'"(?!")', escape='""', multiline=True),
            Quote(r'(?<=\$)"', '"', code=IN_BRACES),
            DOUBLE,
            SINGLE,
        ),
        headers=(
            Header(ScopeKind.NAMESPACE, r"namespace\s+(?P<name>[\w.]+)"),
            Header(ScopeKind.CLASS, r"(?:[\w\[\]()]+\s+)*?(?:class|interface|enum|struct|record)\s+(?P<name>\w+)"),
            C_BLOCK,
            *C_FUNCTIONS,
        ),
        opener=C_OPENER,
        closer=r"\}",
        literal_brace=C_LITERAL,
        members=("?.", "."),
        grammar=Grammar(
            "tree_sitter_c_sharp",
            functions=kinds(
                "method_declaration constructor_declaration destructor_declaration operator_declaration"
                " conversion_operator_declaration local_function_statement lambda_expression"
                " anonymous_method_expression accessor_declaration"
            ),
            classes=kinds(
                "class_declaration interface_declaration enum_declaration struct_declaration record_declaration"
            ),
            blocks=kinds(
                "if_statement for_statement foreach_statement while_statement do_statement switch_statement"
                " switch_section try_statement catch_clause finally_clause using_statement lock_statement"
                " fixed_statement unsafe_statement checked_statement property_declaration indexer_declaration"
            ),
            bodies=kinds(
                "block declaration_list enum_member_declaration_list switch_body accessor_list switch_expression"
            ),
            namespaces=kinds("namespace_declaration file_scoped_namespace_declaration"),
            comments=kinds("comment"),
            strings=kinds(
                "string_literal verbatim_string_literal raw_string_literal interpolated_string_expression"
                " character_literal"
            ),
            interpolations=kinds("interpolation"),
        ),
    ),
)
