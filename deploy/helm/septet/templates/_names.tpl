{{- define "septet.labels" -}}
app.kubernetes.io/name: septet
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
{{- define "septet.account" -}}
system:serviceaccount:{{ .Release.Namespace }}:septet-agent
{{- end }}
