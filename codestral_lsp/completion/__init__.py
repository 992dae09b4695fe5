"""A request's way from the cursor to a suggestion: gate, cache, debounce, prompt, stream, cut, filters, item."""
