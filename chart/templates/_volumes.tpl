{{/* A pod's `volumes`: those of the values, and the settings file as a folder, since a file that is mounted by itself never changes. */}}
{{- define "kubenurse.volumes" -}}
{{- $volumes := .Values.daemonset.volumes | default list }}
{{- if .Values.config }}
{{- $map := printf "%s-config" (include "kubenurse.fullname" .) }}
{{- $volumes = append $volumes (dict "name" "kubenurse-config" "configMap" (dict "name" $map)) }}
{{- end }}
{{- with $volumes -}}
volumes:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "kubenurse.volumeMounts" -}}
{{- $mounts := .Values.daemonset.volumeMounts | default list }}
{{- if .Values.config }}
{{- $folder := include "kubenurse.configFile" . | dir }}
{{- $mounts = append $mounts (dict "name" "kubenurse-config" "mountPath" $folder "readOnly" true) }}
{{- end }}
{{- with $mounts -}}
volumeMounts:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
