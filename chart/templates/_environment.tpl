{{/* The container's `env`. A name occurs once, since server-side apply refuses it twice: extraEnvs win. */}}
{{- define "kubenurse.environment" -}}
{{- $extra := list }}
{{- range .Values.daemonset.extraEnvs }}{{ $extra = append $extra .name }}{{ end }}
{{- range $name, $text := include "kubenurse.settings" . | fromYaml }}
{{- if not (or (has $name $extra) (eq $text "")) }}
- name: {{ $name }}
  value: {{ $text | quote }}
{{- end }}
{{- end }}
{{- range $name, $field := dict "KUBENURSE_NODE_NAME" "spec.nodeName" "KUBENURSE_NODE_ADDRESS" "status.hostIP" }}
{{- if not (has $name $extra) }}
- name: {{ $name }}
  valueFrom:
    fieldRef:
      fieldPath: {{ $field }}
{{- end }}
{{- end }}
{{- with .Values.meshKeySecret }}
{{- if and .name (not (has "KUBENURSE_MESH_KEY" $extra)) }}
- name: KUBENURSE_MESH_KEY
  valueFrom:
    secretKeyRef:
      name: {{ .name }}
      key: {{ .key }}
{{- end }}
{{- end }}
{{- with .Values.daemonset.extraEnvs }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Name and text of each variable that is known here; an empty text means the agent's default. */}}
{{- define "kubenurse.settings" -}}
{{- range $value := list
  "insecure" "allow_unschedulable" "neighbour_limit" "histogram_buckets" "victoriametrics_histogram" "expose_metadata"
  "metrics_detail" "log_level" "extra_ca" "extra_checks" "check_api_server_direct" "check_api_server_dns" "check_me_service"
  "check_neighbourhood" "check_dns" "dns_service" "dns_internal_name" "dns_external_name" "check_udp" "udp_port" "check_payload"
  "check_node_address" "node_address_port" "check_api_server_endpoints" "check_service_endpoints" "check_kept_connections"
  "mesh_neighbours" "neighbour_choice" "pairs_per_second" "check_interval" "reuse_connections" "shutdown_duration" "use_tls"
  "cert_file" "cert_key" }}
KUBENURSE_{{ upper $value }}: {{ include "kubenurse.text" (get $.Values $value) | quote }}
{{- end }}
{{- $url := include "kubenurse.ingressUrl" . }}
KUBENURSE_INGRESS_URL: {{ $url | quote }}
KUBENURSE_CHECK_ME_INGRESS: {{ empty $url | ternary "false" (include "kubenurse.text" .Values.check_me_ingress) | quote }}
KUBENURSE_SERVICE_URL: {{ .Values.service_url | default (include "kubenurse.serviceUrl" .) | quote }}
KUBERNETES_SERVICE_DNS: {{ .Values.kubernetes_service_dns | quote }}
KUBENURSE_CONFIG: {{ empty .Values.config | ternary "" (include "kubenurse.configFile" .) | quote }}
KUBENURSE_NAMESPACE: {{ .Release.Namespace | quote }}
KUBENURSE_NEIGHBOUR_FILTER: {{ .Values.neighbour_filter | default (include "kubenurse.ownPods" .) | quote }}
KUBENURSE_DIAGNOSIS: {{ include "kubenurse.diagnosisMode" . | quote }}
KUBENURSE_DIAGNOSIS_EVENTS: {{ empty (include "kubenurse.writesEvents" .) | ternary "false" "" | quote }}
KUBENURSE_DIAGNOSIS_NODE_CONDITION: {{ empty (include "kubenurse.setsNodeCondition" .) | ternary "" "true" | quote }}
{{- if eq .Values.discovery.mode "endpointslices" }}
KUBENURSE_DISCOVERY_SERVICE: {{ include "kubenurse.agentsServiceName" . | quote }}
{{- end }}
{{- end }}

{{/* A value as a variable's text. Helm reads every number as a float, which prints a million as 1e+06. */}}
{{- define "kubenurse.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else if not (kindIs "invalid" .) }}{{ . }}{{ end }}
{{- end }}

{{- define "kubenurse.ingressUrl" -}}
{{- if .Values.ingress.url }}{{ .Values.ingress.scheme }}://{{ .Values.ingress.url }}
{{- else if .Values.httpRoute.enabled }}{{ .Values.httpRoute.scheme }}://{{ first .Values.httpRoute.hostnames }}
{{- end }}
{{- end }}

{{- define "kubenurse.serviceUrl" -}}
{{- $domain := .Values.kubernetes_service_dns | default "" | trimPrefix "kubernetes.default." }}
{{- $suffix := hasPrefix "svc." $domain | ternary $domain "svc.cluster.local" | trimSuffix "." }}
{{- printf "http://%s.%s.%s:%d" (include "kubenurse.fullname" .) .Release.Namespace $suffix (int .Values.service.port) }}
{{- end }}

{{- define "kubenurse.ownPods" -}}
app.kubernetes.io/name={{ include "kubenurse.name" . }},app.kubernetes.io/instance={{ .Release.Name }}
{{- end }}

{{- define "kubenurse.usesTls" -}}
{{- if eq (toString .Values.use_tls) "true" }}yes{{ end }}
{{- end }}

{{- define "kubenurse.diagnoses" -}}
{{- if ne (toString .Values.diagnosis.enabled) "false" }}yes{{ end }}
{{- end }}

{{- define "kubenurse.diagnosisMode" -}}
{{- if empty (include "kubenurse.diagnoses" .) }}off{{ else if include "kubenurse.analyses" . }}report{{ end }}
{{- end }}

{{- define "kubenurse.writesEvents" -}}
{{- $events := ne (toString .Values.diagnosis.events) "false" }}
{{- if and (include "kubenurse.diagnoses" .) $events .Values.discovery.otherNamespaces }}yes{{ end }}
{{- end }}

{{- define "kubenurse.setsNodeCondition" -}}
{{- if and (include "kubenurse.diagnoses" .) .Values.diagnosis.nodeCondition }}yes{{ end }}
{{- end }}

{{- define "kubenurse.configFile" -}}
/etc/kubenurse/config.yaml
{{- end }}

{{/* Where the value is null, the agent has its default. */}}
{{- define "kubenurse.udpPort" -}}
{{ include "kubenurse.text" .Values.udp_port | default "8080" }}
{{- end }}

{{- define "kubenurse.nodeAddressPort" -}}
{{ include "kubenurse.text" .Values.node_address_port | default "10250" }}
{{- end }}

{{- define "kubenurse.dnsService" -}}
{{ .Values.dns_service | default "kube-system/kube-dns" }}
{{- end }}
