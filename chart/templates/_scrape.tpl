{{/*
How a monitor scrapes an agent: "kubenurse.scrape" with the monitor's values. The alert rules and dashboards know the agents by
`job`, whatever the release is called, and by `node`.
*/}}
{{- define "kubenurse.scrape" -}}
path: /metrics
{{- with .interval }}
interval: {{ . }}
{{- end }}
{{- with .scrapeTimeout }}
scrapeTimeout: {{ . }}
{{- end }}
relabelings:
  - targetLabel: job
    replacement: kubenurse
  - sourceLabels: [__meta_kubernetes_pod_node_name]
    targetLabel: node
  {{- with .relabelings }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
