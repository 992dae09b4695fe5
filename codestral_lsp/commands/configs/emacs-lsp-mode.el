;; Emacs with lsp-mode: your init file.
;; lsp-mode 9.0.1 and later draw ghost text; older ones have suggestions in completion-at-point.

(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client
    :new-connection (lsp-stdio-connection '("codestral-lsp"))
    :activation-fn (lambda (&rest _) (derived-mode-p 'prog-mode))
    :add-on? t                          ; beside the server of the language
    :priority -1
    ;; the server's settings:
    ;; :initialization-options '((codestral (backend . "ollama")))
    :server-id 'codestral)))

(add-hook 'prog-mode-hook #'lsp-deferred)

;; Alt+\ asks for a suggestion; Return takes it over, Tab goes to the next, any other key sends it away.
(with-eval-after-load 'lsp-inline-completion
  (define-key lsp-mode-map (kbd "M-\\") #'lsp-inline-completion-display))
