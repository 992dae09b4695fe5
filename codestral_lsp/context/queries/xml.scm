((element [
  (STag (Attribute (Name) @key (AttValue) @name))
  (EmptyElemTag (Attribute (Name) @key (AttValue) @name))
]) @constant (#any-of? @key "id" "name"))
