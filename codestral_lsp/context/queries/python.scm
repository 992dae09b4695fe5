(class_definition name: (identifier) @name) @class
(function_definition name: (identifier) @name) @function
(module (expression_statement (assignment left: (identifier) @name) @constant))
(class_definition body: (block (expression_statement (assignment left: (identifier) @name) @field)))
((assignment left: (attribute object: (identifier) @receiver attribute: (identifier) @name)) @field
  (#eq? @receiver "self"))

(import_statement name: (dotted_name) @module) @import
(import_statement name: (aliased_import name: (dotted_name) @module alias: (identifier) @local)) @import
(import_from_statement module_name: (_) @module name: (dotted_name) @member) @import
(import_from_statement module_name: (_) @module
  name: (aliased_import name: (dotted_name) @member alias: (identifier) @local)) @import
(import_from_statement module_name: (_) @module (wildcard_import) @all) @import
