"""Kubernetes' API over HTTPS, as the administrator or with anybody's token."""

import http.client
import json
import ssl

import certificates


class Refused(Exception):
    """The API server's status and words."""

    def __init__(self, status, verb, path, text):
        super().__init__(f"{verb} {path}: {status}: {text}")
        self.status, self.text = status, text


class Api:
    def __init__(self, authority, token):
        self._tls = ssl.create_default_context(cafile=str(authority))
        self._token = token

    def ask(self, verb, path, body=None, content="application/json"):
        connection = http.client.HTTPSConnection(certificates.SERVICE_ADDRESS,
                                                 certificates.API_PORT, context=self._tls,
                                                 timeout=30)
        try:
            connection.request(verb, path, None if body is None else json.dumps(body),
                               {"Authorization": f"Bearer {self._token}", "Content-Type": content})
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        finally:
            connection.close()
        if answer.status >= 300:
            try:
                text = json.loads(text)["message"]
            except (ValueError, KeyError):
                pass
            raise Refused(answer.status, verb, path, text)
        return text

    def get(self, path):
        return json.loads(self.ask("GET", path))

    def items(self, path):
        return self.get(path)["items"]

    def create(self, path, what):
        return json.loads(self.ask("POST", path, what))

    def merge(self, path, change):
        return json.loads(self.ask("PATCH", path, change, "application/merge-patch+json"))

    def delete(self, path, grace_s=None):
        suffix = "" if grace_s is None else f"?gracePeriodSeconds={grace_s}"
        try:
            self.ask("DELETE", path + suffix)
        except Refused as refused:
            if refused.status != 404:
                raise
