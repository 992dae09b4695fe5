(rule_set (selectors [
  (class_selector (class_name) @name)
  (_ (class_selector (class_name) @name))
])) @class
(rule_set (selectors [
  (id_selector (id_name) @name)
  (_ (id_selector (id_name) @name))
])) @class
(keyframes_statement (keyframes_name) @name) @function
((declaration (property_name) @name) @constant (#match? @name "^--"))

(import_statement (string_value (string_content) @module)) @import @all
(import_statement (call_expression (arguments (string_value (string_content) @module)))) @import @all
