(function_definition name: (word) @name) @function
(program (variable_assignment name: (variable_name) @name) @constant)

((command name: (command_name (word) @call) argument: (word) @module) @import
  (#any-of? @call "source" "."))
