((element [
  (start_tag (attribute (attribute_name) @key (quoted_attribute_value (attribute_value) @name)))
  (self_closing_tag (attribute (attribute_name) @key (quoted_attribute_value (attribute_value) @name)))
]) @constant (#eq? @key "id"))
(script_element (raw_text) @javascript)
(style_element (raw_text) @css)

((script_element (start_tag (attribute (attribute_name) @key (quoted_attribute_value (attribute_value) @module))))
  @import @all (#eq? @key "src"))
((element (start_tag (tag_name) @tag
  (attribute (attribute_name) @key (quoted_attribute_value (attribute_value) @module)))) @import @all
  (#eq? @tag "link") (#eq? @key "href"))
