"""How busy the NVIDIA GPUs are: by NVML where its Python package is, else by nvidia-smi."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

_QUERY = "name,utilization.gpu,memory.used,memory.total,power.draw"
_MEGABYTES_IN_MIB = 1.048576


@dataclass(frozen=True, slots=True)
class Gpu:
    """One reading: percent, bytes in megabytes, watts; None for what the device does not tell."""

    name: str
    utilization: float | None
    memory_used: float | None
    memory_total: float | None
    power: float | None

    def metrics(self, number: int) -> dict[str, float]:
        """What it tells, under MLflow's names."""
        share = (
            100 * self.memory_used / self.memory_total
            if self.memory_used is not None and self.memory_total
            else None
        )
        named = {
            "utilization_percentage": self.utilization,
            "memory_usage_megabytes": self.memory_used,
            "memory_usage_percentage": share,
            "power_usage_watts": self.power,
        }
        return {f"gpu_{number}_{key}": value for key, value in named.items() if value is not None}


def gpu_reader() -> Callable[[], list[Gpu]]:
    """A function that reads all GPUs of this machine; it answers an empty list if there are none."""
    try:
        nvml: Any = import_module("pynvml")
        nvml.nvmlInit()
        nvml.nvmlDeviceGetCount()
    except Exception:  # noqa: BLE001 - no package, no driver, no permission: all the same here
        command = shutil.which("nvidia-smi")
        return (lambda: _read_command(command)) if command else list
    return lambda: _read_library(nvml)


def _read_library(nvml: Any) -> list[Gpu]:
    found = []
    for number in range(nvml.nvmlDeviceGetCount()):
        device = nvml.nvmlDeviceGetHandleByIndex(number)
        name = nvml.nvmlDeviceGetName(device)
        memory = _told(nvml, nvml.nvmlDeviceGetMemoryInfo, device)
        rates = _told(nvml, nvml.nvmlDeviceGetUtilizationRates, device)
        power = _told(nvml, nvml.nvmlDeviceGetPowerUsage, device)
        found.append(
            Gpu(
                name=name.decode() if isinstance(name, bytes) else name,
                utilization=None if rates is None else float(rates.gpu),
                memory_used=None if memory is None else memory.used / 1e6,
                memory_total=None if memory is None else memory.total / 1e6,
                power=None if power is None else power / 1000,
            )
        )
    return found


def _told(nvml: Any, ask: Callable[[Any], Any], device: Any) -> Any:
    """The answer, None if the device has none (a MIG slice knows no utilization)."""
    try:
        return ask(device)
    except nvml.NVMLError:
        return None


def _read_command(command: str) -> list[Gpu]:
    done = subprocess.run(
        [command, f"--query-gpu={_QUERY}", "--format=csv,noheader,nounits"],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    lines = done.stdout.splitlines() if done.returncode == 0 else []
    return [gpu for gpu in map(parse_line, lines) if gpu is not None]


def parse_line(line: str) -> Gpu | None:
    """One line of nvidia-smi's answer to our query, None if it is something else."""
    cells = [cell.strip() for cell in line.rsplit(",", 4)]
    if len(cells) != 5:
        return None
    utilization, used, total, power = map(_number, cells[1:])
    return Gpu(
        name=cells[0],
        utilization=utilization,
        memory_used=None if used is None else used * _MEGABYTES_IN_MIB,
        memory_total=None if total is None else total * _MEGABYTES_IN_MIB,
        power=power,
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:  # [N/A]
        return None
