(chunk (function_declaration name: (identifier) @name) @function)
; By convention `M` is the module itself.
((function_declaration name: (dot_index_expression table: (identifier) @module field: (identifier) @name)) @function
  (#any-of? @module "M" "_M"))
((function_declaration name: (dot_index_expression table: (identifier) @owner field: (identifier) @name)) @function
  (#not-any-of? @owner "M" "_M"))
(function_declaration name: (method_index_expression table: (identifier) @owner method: (identifier) @name)) @method
((assignment_statement
  (variable_list . name: (dot_index_expression table: (identifier) @module field: (identifier) @name))
  (expression_list . value: (function_definition))) @function (#any-of? @module "M" "_M"))
((assignment_statement
  (variable_list . name: (dot_index_expression table: (identifier) @owner field: (identifier) @name))
  (expression_list . value: (function_definition))) @function (#not-any-of? @owner "M" "_M"))
(chunk (variable_declaration (assignment_statement
  (variable_list . name: (identifier) @name) (expression_list . value: (table_constructor)))) @class)
(chunk (variable_declaration (assignment_statement (variable_list . name: (identifier) @name)
  (expression_list . value: [(number) (string) (true) (false) (binary_expression)]))) @constant)
(chunk (variable_declaration (assignment_statement (expression_list (table_constructor
  (field name: (identifier) @name) @field)))))

((variable_declaration (assignment_statement (variable_list . name: (identifier) @local)
  (expression_list . value: (function_call name: (identifier) @call
    arguments: (arguments (string content: (string_content) @module))))))
  @import (#eq? @call "require"))
