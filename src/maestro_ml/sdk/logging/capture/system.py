"""How busy the machine is, under the names that MLflow gives its system metrics."""

from __future__ import annotations

import os
from collections.abc import Callable

import psutil

from maestro_ml.sdk.logging.capture.gpu import Gpu

PREFIX = "system/"


class SystemMetrics:
    """Each call of `read` measures since the one before; the first starts the measurement."""

    def __init__(self, read_gpus: Callable[[], list[Gpu]]) -> None:
        self._read_gpus = read_gpus
        self._process = psutil.Process()
        self._net = psutil.net_io_counters()
        self._disk = psutil.disk_io_counters()
        psutil.cpu_percent()
        self._process.cpu_percent()

    def read(self) -> dict[str, float]:
        """Values by metric: percent, megabytes (1e6 bytes; traffic since the run began), watts."""
        memory = psutil.virtual_memory()
        disk = psutil.disk_usage(os.getcwd())  # noqa: PTH109 - of the disk that is worked on
        found = {
            "cpu_utilization_percentage": psutil.cpu_percent(),
            "process_cpu_percentage": self._process.cpu_percent(),
            "process_memory_megabytes": self._process.memory_info().rss / 1e6,
            "system_memory_usage_megabytes": memory.used / 1e6,
            "system_memory_usage_percentage": memory.percent,
            "disk_usage_megabytes": disk.used / 1e6,
            "disk_usage_percentage": disk.percent,
            **self._traffic(),
        }
        for number, gpu in enumerate(self._read_gpus()):
            found |= gpu.metrics(number)
        return {PREFIX + key: value for key, value in found.items()}

    def _traffic(self) -> dict[str, float]:
        found = {}
        net, disk = psutil.net_io_counters(), psutil.disk_io_counters()
        if self._net:
            found["network_receive_megabytes"] = (net.bytes_recv - self._net.bytes_recv) / 1e6
            found["network_transmit_megabytes"] = (net.bytes_sent - self._net.bytes_sent) / 1e6
        if disk and self._disk:  # a container may show no disks
            found["disk_read_megabytes"] = (disk.read_bytes - self._disk.read_bytes) / 1e6
            found["disk_write_megabytes"] = (disk.write_bytes - self._disk.write_bytes) / 1e6
        return found
