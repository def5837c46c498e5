"""Container images made here, without a registry: docker archives for `ctr images import`.

Source. The archive's form: manifest.json, a configuration and a layer as tar files (moby,
image/spec v1.2).
"""

import hashlib
import io
import json
import pathlib
import subprocess
import tarfile

BUSYBOX = "septet.test/busybox:1"
SEPTET = "septet.test/septet:1"
NVIDIA = "septet.test/nvidia-device-plugin:1"
# Where an image of ours keeps the simulated driver, and what runs a program on top of it.
DRIVER = "/opt/simulated-driver"

# Stands in the image under the program's own name, so that manifests need not know: the container
# gets the driver as `septet sim run` provides it (the library, /proc/driver, /proc/devices).
ON_SIMULATED_DRIVER = f"""#!/bin/sh
exec {DRIVER}/bin/septet --sim="${{SEPTET_E2E_NODE:-/var/lib/septet/simulated-node}}" sim run -- \\
  "$0.real" "$@"
"""


def _shared_libraries(program):
    """What the dynamic linker loads for it, the linker too; none when it is static."""
    done = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    words = [w for line in done.stdout.splitlines() for w in line.split() if w.startswith("/")]
    return [] if done.returncode else sorted(set(words))


# What the node agent loads itself, when it asks the API server (src/kube/curl_library.h).
LOADED_LATER = ("libcurl.so.4",)


def _library_named(name):
    """Where the dynamic linker would find it."""
    known = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True)
    for line in known.stdout.splitlines():
        if line.split(" ")[0].strip() == name:
            return line.split(" => ")[1]
    raise FileNotFoundError(f"{name}: not in the dynamic linker's cache")


class _Layer:
    def __init__(self):
        self.bytes = io.BytesIO()
        self.tar = tarfile.open(fileobj=self.bytes, mode="w")
        self.there = set()
        for folder in ("bin", "dev", "proc", "sys", "etc", "tmp", "var", "run", "usr", "usr/bin"):
            self._folder(folder)

    def _folder(self, name):
        for parent in reversed([name, *map(str, pathlib.PurePath(name).parents)][:-1]):
            if parent not in self.there:
                self.there.add(parent)
                entry = tarfile.TarInfo(parent)
                entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if parent == "tmp" else 0o755
                self.tar.addfile(entry)

    def file(self, name, content, mode=0o755):
        name = name.lstrip("/")
        if name in self.there:
            return
        self._folder(str(pathlib.PurePath(name).parent))
        self.there.add(name)
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), mode
        self.tar.addfile(entry, io.BytesIO(content))

    def link(self, name, target):
        entry = tarfile.TarInfo(name.lstrip("/"))
        entry.type, entry.linkname = tarfile.SYMTYPE, target
        self.tar.addfile(entry)

    def program(self, source, name):
        self.file(name, pathlib.Path(source).read_bytes())
        libraries = _shared_libraries(source)
        if name.endswith("septet-agent"):
            for later in map(_library_named, LOADED_LATER):
                libraries += [later, *_shared_libraries(later)]
        for library in libraries:
            self.file(library, pathlib.Path(library).read_bytes())

    def busybox(self, program):
        self.file("bin/busybox", pathlib.Path(program).read_bytes())
        for applet in subprocess.run([program, "--list"], capture_output=True, text=True,
                                     check=True).stdout.split():
            if applet != "busybox":
                self.link(f"bin/{applet}", "busybox")

    def finish(self):
        self.tar.close()
        return self.bytes.getvalue()


def _archive(path, names, layer, command):
    configuration = json.dumps({
        "architecture": "amd64", "os": "linux",
        "config": {"Entrypoint": command, "Env": ["PATH=/usr/bin:/bin"]},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
    }).encode()
    name = hashlib.sha256(configuration).hexdigest() + ".json"
    manifest = json.dumps([{"Config": name, "RepoTags": names, "Layers": ["layer.tar"]}]).encode()
    with tarfile.open(path, "w") as archive:
        for member, content in ((name, configuration), ("layer.tar", layer),
                                ("manifest.json", manifest)):
            entry = tarfile.TarInfo(member)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def busybox(path, program, names):
    """busybox and its applets; does nothing until told otherwise."""
    layer = _Layer()
    layer.busybox(program)
    return _archive(path, names, layer.finish(), ["/bin/sleep", "1000000"])


def on_simulated_driver(path, busybox_program, septet, library, programs, names, beside=None):
    """An image whose `programs` (source to path in the image) find the simulated node's driver;
    `beside` are there as they are, for those to start."""
    layer = _Layer()
    layer.busybox(busybox_program)
    layer.program(septet, f"{DRIVER}/bin/septet")
    layer.program(library, f"{DRIVER}/lib/libnvidia-ml.so.1")
    for source, name in programs.items():
        layer.program(source, f"{name}.real")
        layer.file(name, ON_SIMULATED_DRIVER.encode())
    for source, name in (beside or {}).items():
        layer.program(source, name)
    return _archive(path, names, layer.finish(), [next(iter(programs.values()))])
