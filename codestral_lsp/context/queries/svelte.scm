((element [
  (start_tag (attribute (attribute_name) @key (quoted_attribute_value (attribute_value) @name)))
  (self_closing_tag (attribute (attribute_name) @key (quoted_attribute_value (attribute_value) @name)))
]) @constant (#eq? @key "id"))
(snippet_statement (snippet_start (snippet_name) @name)) @function
(script_element (raw_text) @typescript)
(style_element (raw_text) @css)
