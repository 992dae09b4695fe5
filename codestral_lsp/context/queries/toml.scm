(table . [(bare_key) (dotted_key) (quoted_key)] @name) @class
(table_array_element . [(bare_key) (dotted_key) (quoted_key)] @name) @class
(table (pair . [(bare_key) (dotted_key) (quoted_key)] @name) @field)
(table_array_element (pair . [(bare_key) (dotted_key) (quoted_key)] @name) @field)
(document (pair . [(bare_key) (dotted_key) (quoted_key)] @name) @field)
