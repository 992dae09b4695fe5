(class_declaration name: (identifier) @name) @class
(object_declaration name: (identifier) @name) @class
(type_alias type: (identifier) @name) @type
(function_declaration name: (identifier) @name) @function
(source_file (property_declaration (variable_declaration (identifier) @name)) @constant)
(class_body (property_declaration (variable_declaration (identifier) @name)) @field)
(class_parameter ["val" "var"] (identifier) @name) @field
(enum_entry (identifier) @name) @field

(import (qualified_identifier) @module . "." "*" @all) @import
((import (qualified_identifier) @module .) @import (#not-match? @import "[*]$"))
(import (qualified_identifier) @module (identifier) @local) @import
