{{- define "kubenurse.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The release's name, with the chart's unless that is part of it. */}}
{{- define "kubenurse.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name }}
{{- $both := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- .Values.fullnameOverride | default $both | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Leaves room for the suffix in a name of 63 characters. */}}
{{- define "kubenurse.agentsServiceName" -}}
{{ include "kubenurse.fullname" . | trunc 56 | trimSuffix "-" }}-agents
{{- end }}

{{- define "kubenurse.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default (.Values.serviceAccount.create | default false | ternary (include "kubenurse.fullname" .) "default") }}
{{- end }}

{{/* Must stay as they are: a DaemonSet's selector can't be changed. */}}
{{- define "kubenurse.selectorLabels" -}}
app.kubernetes.io/name: {{ include "kubenurse.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/*
The labels of an object: (dict "of" $ "labels" MAP "component" TEXT), of which only "of" is needed. Those that identify
the object win over those of the values.
*/}}
{{- define "kubenurse.labels" -}}
{{- $identity := include "kubenurse.selectorLabels" .of | fromYaml }}
{{- with .component }}{{ $_ := set $identity "app.kubernetes.io/component" . }}{{ end }}
{{- merge $identity (.labels | default dict) (.of.Values.commonLabels | default dict) | toYaml }}
{{- end }}

{{/* Everything of an object's metadata but its namespace: as for kubenurse.labels, and "name" TEXT, "annotations" MAP. */}}
{{- define "kubenurse.metadata" -}}
{{- $version := dict "app.kubernetes.io/version" .of.Chart.AppVersion "app.kubernetes.io/managed-by" .of.Release.Service }}
{{- $chart := dict "helm.sh/chart" (printf "%s-%s" .of.Chart.Name .of.Chart.Version | replace "+" "_") -}}
name: {{ .name | default (include "kubenurse.fullname" .of) }}
labels:
  {{- merge (include "kubenurse.labels" . | fromYaml) $version $chart | toYaml | nindent 2 }}
{{- with merge (dict) (.annotations | default dict) (.of.Values.commonAnnotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "kubenurse.analyses" -}}
{{- if and (include "kubenurse.diagnoses" .) .Values.diagnosis.analyse.enabled }}yes{{ end }}
{{- end }}

{{/* No agents, so the Services and neighbour_filter must not find these pods. */}}
{{- define "kubenurse.analyseSelectorLabels" -}}
app.kubernetes.io/name: {{ include "kubenurse.name" . | trunc 55 | trimSuffix "-" }}-analyse
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kubenurse.image" -}}
{{ printf "%s:%s" .Values.daemonset.image.repository (.Values.daemonset.image.tag | default .Chart.AppVersion) | quote }}
{{- end }}
