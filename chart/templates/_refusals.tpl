{{/* Ends the installation where values contradict each other, which a schema can't say in plain words. */}}
{{- define "kubenurse.refusals" -}}
{{- if and (include "kubenurse.usesTls" .) (not (and .Values.cert_file .Values.cert_key)) }}
{{- fail "use_tls is true, but cert_file and cert_key do not name the certificate and its key" }}
{{- end }}
{{- if and .Values.ingress.enabled (regexMatch "[/:]" (.Values.ingress.url | default "")) }}
{{- fail (printf "ingress.url is %q; an Ingress needs the host alone, without scheme, port and path" .Values.ingress.url) }}
{{- end }}
{{- if and .Values.httpRoute.enabled (not (and .Values.httpRoute.parentRefs .Values.httpRoute.hostnames)) }}
{{- fail "httpRoute.enabled is true, but httpRoute.parentRefs or httpRoute.hostnames is empty" }}
{{- end }}
{{- if and .Values.httpRoute.enabled (empty .Values.ingress.url) (hasPrefix "*" (first .Values.httpRoute.hostnames)) }}
{{- fail "httpRoute.hostnames begins with a wildcard, which can't be checked; put a host name first, or give ingress.url one" }}
{{- end }}
{{- with .Values.daemonset }}
{{- $surge := get (.rollingUpdate | default dict) "maxSurge" | toString | trimSuffix "%" | int }}
{{- if and .hostNetwork (eq .updateStrategy "RollingUpdate") (gt $surge 0) }}
{{- fail "daemonset.rollingUpdate.maxSurge is above 0, but with hostNetwork no second pod fits beside the old one" }}
{{- end }}
{{- end }}
{{- if and .Values.serviceMonitor.enabled .Values.podMonitor.enabled }}
{{- fail "serviceMonitor and podMonitor are both enabled; every agent would be scraped twice" }}
{{- end }}
{{- end }}
