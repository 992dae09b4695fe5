(class_declaration declaration_kind: ["class" "struct" "enum" "actor"] name: (_) @name) @class
(class_declaration declaration_kind: "extension" name: (_) @name) @impl
(protocol_declaration name: (_) @name) @class
(typealias_declaration name: (type_identifier) @name) @type
(function_declaration name: (simple_identifier) @name) @function
(protocol_function_declaration name: (simple_identifier) @name) @method
(init_declaration "init" @name) @method
(source_file (property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @constant)
(class_body (property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @field)
(protocol_property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @field
(enum_entry name: (simple_identifier) @name) @field

(import_declaration (identifier) @module) @import
