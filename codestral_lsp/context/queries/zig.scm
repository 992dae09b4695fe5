(variable_declaration (identifier) @name [(struct_declaration) (enum_declaration) (union_declaration)
  (opaque_declaration) (error_set_declaration)]) @class
(variable_declaration "const" . (identifier) @name) @constant
(variable_declaration "var" . (identifier) @name) @constant
(function_declaration name: (identifier) @name) @function
(container_field name: (identifier) @name) @field
(error_set_declaration (identifier) @name @field)

((variable_declaration (identifier) @local (builtin_function (builtin_identifier) @call
  (arguments (string (string_content) @module)))) @import (#eq? @call "@import"))
