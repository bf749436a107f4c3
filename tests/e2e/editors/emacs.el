;; Compiles with what docs/editors.md says, and tells as JSON what `next-error` would visit.
(require 'compile)
(require 'json)
(load (getenv "SNIPPET"))
(setq compilation-always-kill t)
(let ((buffer (compile (getenv "COMMAND") nil)) (all '()))
  (while (process-live-p (get-buffer-process buffer)) (accept-process-output nil 0.1))
  (with-current-buffer buffer
    (compilation--ensure-parse (point-max))
    (goto-char (point-min))
    (while (not (eobp))
      (let ((message (get-text-property (point) 'compilation-message)))
        (when message
          (let* ((place (compilation--message->loc message))
                 (file (caar (compilation--loc->file-struct place))))
            (push (vector file (compilation--loc->line place) (compilation--loc->col place) (compilation--message->type message)) all))))
      (forward-line 1)))
  (princ (json-encode (vconcat (nreverse all)))))
