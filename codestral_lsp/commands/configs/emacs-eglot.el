;; Emacs with eglot: your init file.
;; eglot draws no ghost text and runs one server for a buffer: suggestions come in completion-at-point, and this
;; server takes the place of the language's own in the modes that are named here.

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               '((python-mode js-mode c-mode c++-mode java-mode ruby-mode sh-mode) . ("codestral-lsp"))))

;; The server's settings:
;; (setq-default eglot-workspace-configuration '(:codestral (:backend "ollama")))
