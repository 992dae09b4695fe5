(document (object (pair key: (string (string_content) @name) value: (object)) @class))
(document (object (pair key: (string (string_content) @name)) @field))
(document (object (pair value: (object (pair key: (string (string_content) @name)) @field))))
