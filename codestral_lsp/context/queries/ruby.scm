(class name: (_) @name) @class
(module name: (_) @name) @class
(method name: (_) @name) @method
(singleton_method name: (_) @name) @method
(assignment left: (constant) @name) @constant
((call method: (identifier) @call arguments: (argument_list (simple_symbol) @name)) @field
  (#any-of? @call "attr_accessor" "attr_reader" "attr_writer"))

((call method: (identifier) @call arguments: (argument_list (string (string_content) @module))) @import
  (#any-of? @call "require_relative" "require"))
