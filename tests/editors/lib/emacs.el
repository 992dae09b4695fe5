;; Completes once in a real Emacs, with the configuration that codestral-lsp init prints, and prints the buffer.
;;   emacs --batch -l emacs.el CLIENT CONFIG FILE TYPED    CLIENT: eglot or lsp-mode

(package-initialize)
(pcase-let ((`(,client ,config ,file ,typed) command-line-args-left))
  (setq command-line-args-left nil
        lsp-auto-guess-root t lsp-guess-root-without-session t lsp-enable-snippet nil lsp-warn-no-matched-clients nil
        lsp-session-file (expand-file-name "session" (file-name-directory file)) lsp-server-install-dir "/nowhere"
        prog-mode-hook nil lsp-enable-file-watchers nil
        eglot-autoshutdown t eglot-sync-connect 120 eglot-send-changes-idle-time 0.05)
  (require (if (equal client "eglot") 'eglot 'lsp-mode))
  (load config nil t)
  (setq prog-mode-hook nil)
  (find-file file)
  (goto-char (point-max))
  (if (equal client "eglot")
      (apply #'eglot (eglot--guess-contact))
    (lsp-workspace-folders-add (directory-file-name (file-name-directory file)))
    (lsp)
    (require 'lsp-completion)
    (with-timeout (120 (error "The server did not start"))
      (while (not (seq-some (lambda (each) (eq (lsp--workspace-status each) 'initialized)) (lsp-workspaces)))
        (accept-process-output nil 0.05)))
    (lsp-completion-mode 1))
  (mapc (lambda (key) (insert key) (run-hooks 'post-self-insert-hook) (accept-process-output nil 0.1)) typed)
  (with-timeout (120 (error "No suggestion came"))
    (let (done)
      (while (not done)
        (accept-process-output nil 0.3)
        (pcase (if (equal client "eglot") (eglot-completion-at-point) (lsp-completion-at-point))
          (`(,start ,end ,table . ,options)
           (when-let ((candidate (car (all-completions (buffer-substring start end) table
                                                       (plist-get options :predicate)))))
             (princ (format "candidate: %s\n" (substring-no-properties candidate)))
             (delete-region start end)
             (goto-char start)
             (insert candidate)
             (funcall (plist-get options :exit-function) candidate 'finished)
             (setq done t)))))))
  (accept-process-output nil 0.5)
  (princ (format "--- buffer\n%s\n--- end\n" (buffer-string)))
  (set-buffer-modified-p nil)
  (kill-buffer)
  (accept-process-output nil 0.5))
