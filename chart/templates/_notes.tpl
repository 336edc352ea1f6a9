{{/* How many series there will be. The figures are those of docs/metrics.md, by check; a test compares the sums. */}}
{{- define "kubenurse.seriesNotes" -}}
{{- $lean := eq .Values.metrics_detail "lean" }}
{{- $byIp := $lean | ternary 21 130 }}
{{- $byName := $lean | ternary 21 158 }}
{{- /* The agent's own, and those of the checks beyond the Go kubenurse's that do not depend on neighbours, as if all were on. */}}
{{- $series := $lean | ternary 158 958 }}
{{- $ingress := include "kubenurse.ingressUrl" . }}
{{- range list
  (list .Values.check_api_server_direct $byIp)
  (list .Values.check_api_server_dns $byName)
  (list (empty $ingress | ternary "false" .Values.check_me_ingress) (hasPrefix "https:" $ingress | ternary $byName $byIp))
  (list .Values.check_me_service $byIp) }}
{{- if ne (toString (first .)) "false" }}{{ $series = add $series (last .) }}{{ end }}
{{- end }}
{{- with .Values.extra_checks }}{{ $series = add $series (mul $byName (len (splitList "|" .))) }}{{ end }}
{{- $path := $lean | ternary 1 (include "kubenurse.usesTls" . | empty | ternary 135 163) }}
{{- if ne (toString .Values.check_neighbourhood) "false" }}
{{- if $lean }}{{ $series = add $series 22 }}{{ end }}
{{- else }}{{ $path = 0 }}{{ end }}
{{- $nodes := include "kubenurse.nodeCount" . | int }}
{{- $others := sub (max $nodes 1) 1 }}
{{- $limit := include "kubenurse.neighbourLimit" . | int }}
{{- if $nodes }}
{{- $each := add $series (mul $path (gt $limit 0 | ternary (min $limit $others) $others)) -}}
Series on {{ $nodes }} nodes: about {{ $each }} of each agent, {{ mul $each $nodes }} in all
{{- else -}}
Series of each agent: about {{ $series }} + {{ $path }} for every neighbour
{{- if gt $limit 0 }}, at most {{ add $series (mul $path $limit) }}{{ end }}
{{- end }}, and {{ $lean | ternary 9 50 }} of its process.
{{- if not $lean }}
Fewer: metrics_detail=lean.
{{- end }}
{{- end }}

{{/* 0 where it can't be known: without a cluster, or without the right to read nodes, which allow_unschedulable does without. */}}
{{- define "kubenurse.nodeCount" -}}
{{- if eq (toString .Values.allow_unschedulable) "true" }}0
{{- else }}{{ (lookup "v1" "Node" "" "").items | default list | len }}
{{- end }}
{{- end }}

{{/* As text; null leaves the agent its default. */}}
{{- define "kubenurse.neighbourLimit" -}}
{{ include "kubenurse.text" .Values.neighbour_limit | default "10" }}
{{- end }}

{{- define "kubenurse.warnings" -}}
{{- if eq (toString .Values.insecure) "true" }}
WARNING: insecure is true, so no certificate is verified, and whoever poses as the API server gets the agents' token.
{{- end }}
{{- if and (include "kubenurse.usesTls" .) (ne (toString .Values.insecure) "true") }}
WARNING: use_tls is true, so each agent's certificate must be valid for the address of its pod, or its neighbours count errors.
{{- end }}
{{- if eq .Values.ingress.url "dummy-kubenurse.example.com" }}
WARNING: ingress.url is the placeholder of the Go kubenurse's chart, so me_ingress will fail.
{{- end }}
{{- if hasSuffix "postfinance/kubenurse" .Values.daemonset.image.repository }}
WARNING: daemonset.image.repository names the Go kubenurse, which finds its neighbours only with discovery.mode=pods.
{{- end }}
{{- $limit := include "kubenurse.neighbourLimit" . }}
{{- if and (int $limit | ge 0) (ne (toString .Values.check_neighbourhood) "false") }}
WARNING: neighbour_limit is {{ $limit }}, so every agent checks every other: connections and series grow with the square of the nodes.
{{- end }}
{{- if and .Values.neighbour_filter (eq .Values.discovery.mode "endpointslices") }}
WARNING: neighbour_filter has no effect with discovery.mode=endpointslices; it needs discovery.mode=pods.
{{- end }}
{{- $end := toDate "2006-01-02Z07:00" "1970-01-01Z" | dateModify (.Values.shutdown_duration | default "5s") | dateModify "5s" | unixEpoch }}
{{- $grace := .Values.daemonset.terminationGracePeriodSeconds }}
{{- if and (not (kindIs "invalid" $grace)) (gt (int $end) (int $grace)) }}
WARNING: an agent takes {{ $end }} s to stop, shutdown_duration and 5 s, but is killed after {{ $grace }} s, daemonset.terminationGracePeriodSeconds.
{{- end }}
{{- if .Values.daemonset.hostNetwork }}
WARNING: daemonset.hostNetwork takes port 8080 on every node, and namespace {{ .Release.Namespace }} must allow privileged pods.
{{- if .Values.networkPolicy.enabled }}
WARNING: networkPolicy has no effect on pods with hostNetwork.
{{- end }}
{{- end }}
{{- end }}
