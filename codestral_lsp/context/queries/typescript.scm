(class_declaration name: (_) @name) @class
(abstract_class_declaration name: (_) @name) @class
(interface_declaration name: (_) @name) @class
(enum_declaration name: (_) @name) @class
(internal_module name: (_) @name) @namespace
(type_alias_declaration name: (_) @name) @type
(function_declaration name: (_) @name) @function
(generator_function_declaration name: (_) @name) @function
(function_signature name: (_) @name) @function
(method_definition name: (_) @name) @method
(method_signature name: (_) @name) @method
(abstract_method_signature name: (_) @name) @method
(public_field_definition name: (_) @name) @field
(property_signature name: (_) @name) @field
(enum_body (_ name: (_) @name) @field)
(enum_body (property_identifier) @name @field)
(program (lexical_declaration (variable_declarator name: (identifier) @name) @constant))
(export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @constant))

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
