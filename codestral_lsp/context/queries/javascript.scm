(class_declaration name: (_) @name) @class
(function_declaration name: (_) @name) @function
(generator_function_declaration name: (_) @name) @function
(method_definition name: (_) @name) @method
(program (lexical_declaration (variable_declarator name: (identifier) @name) @constant))
(program (variable_declaration (variable_declarator name: (identifier) @name) @constant))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @constant)))
(class_body (field_definition property: (_) @name) @field)

(import_statement (import_clause (identifier) @local) source: (string (string_fragment) @module)) @import
(import_statement (import_clause (namespace_import (identifier) @local))
  source: (string (string_fragment) @module)) @import
(import_statement (import_clause (named_imports (import_specifier name: (_) @member !alias)))
  source: (string (string_fragment) @module)) @import
(import_statement (import_clause (named_imports (import_specifier name: (_) @member alias: (_) @local)))
  source: (string (string_fragment) @module)) @import
(export_statement "*" @all source: (string (string_fragment) @module)) @import
(export_statement (export_clause (export_specifier name: (_) @member !alias))
  source: (string (string_fragment) @module)) @import
((variable_declarator name: (identifier) @local
  value: (call_expression function: (identifier) @call arguments: (arguments (string (string_fragment) @module))))
  @import (#eq? @call "require"))
((variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @member)
  value: (call_expression function: (identifier) @call arguments: (arguments (string (string_fragment) @module))))
  @import (#eq? @call "require"))
