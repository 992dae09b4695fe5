((block (identifier) @key . (string_lit (template_literal) @name) . (block_start)) @constant
  (#any-of? @key "variable" "output" "module" "provider"))
((block (identifier) @key . (string_lit) . (string_lit (template_literal) @name)) @class
  (#any-of? @key "resource" "data"))
((block (identifier) @key (body (attribute (identifier) @name) @constant)) (#eq? @key "locals"))

((block (identifier) @key . (string_lit (template_literal) @local) (body (attribute (identifier) @source
  (expression (literal_value (string_lit (template_literal) @module)))))) @import
  (#eq? @key "module") (#eq? @source "source"))
