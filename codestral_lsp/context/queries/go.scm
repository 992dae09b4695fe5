(function_declaration name: (identifier) @name) @function
(method_declaration
  receiver: (parameter_list (parameter_declaration type: [
    (type_identifier) @owner
    (pointer_type (type_identifier) @owner)
    (generic_type type: (type_identifier) @owner)
    (pointer_type (generic_type type: (type_identifier) @owner))
  ]))
  name: (field_identifier) @name) @method
(type_spec name: (type_identifier) @name type: [(struct_type) (interface_type)]) @class
(type_spec name: (type_identifier) @name type: [
  (type_identifier) (qualified_type) (function_type) (map_type) (slice_type) (pointer_type) (array_type)
]) @type
(type_alias name: (type_identifier) @name) @type
(struct_type (field_declaration_list (field_declaration name: (field_identifier) @name) @field))
(interface_type (method_elem name: (field_identifier) @name) @method)
(source_file (const_declaration (const_spec name: (identifier) @name) @constant))
(source_file (var_declaration (var_spec name: (identifier) @name) @constant))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @constant)))

(import_spec !name path: (interpreted_string_literal (interpreted_string_literal_content) @module)) @import
(import_spec name: (_) @local path: (interpreted_string_literal (interpreted_string_literal_content) @module)) @import
