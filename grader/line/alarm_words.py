"""The alarms of the catalogue in Chinese; the web process loads it too, and nothing else of the line's alarms."""

# Chinese is written with full-width punctuation:
# ruff: noqa: RUF001

from collections.abc import Mapping
from types import MappingProxyType

ZH: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "e_stop": (
            "急停按钮已按下。",
            "确认没有人伸手进入。拔出按钮，然后按「清除」、「复位」和「启动」。",
        ),
        "process_died": (
            "分级站的一部分程序已停止或没有响应：{subject}。",
            "等它恢复，然后按屏幕给出的按钮：「解除保持」或「清除」。若再次出现，请叫技术员。",
        ),
        "encoder_stopped": (
            "皮带在动，但编码器不计数。",
            "按「停止皮带」。检查编码轮是否贴住皮带、插头是否插好。",
        ),
        "belt_slip": (
            "皮带打滑：实际移动与编码器不符。",
            "按「停止皮带」。擦干编码轮和滚筒，张紧皮带。",
        ),
        "door_open": (
            "防护罩已打开。",
            "确认没有人伸手进入。关上防护罩，然后按「清除」、「复位」和「启动」。",
        ),
        "power_failing": (
            "市电中断：计算机靠备用电源运行。",
            "等市电恢复。托盘已关闭，已记录的都已保存。",
        ),
        "encoder_lost_counts": (
            "编码器丢失计数：喷气会打偏。",
            "按「停止皮带」。检查插头是否松动、电缆是否靠近电机电缆，然后按「复位」和「启动」。",
        ),
        "camera_fault": (
            "相机故障：{subject}。",
            "插紧相机插头，等实时画面恢复，然后按「解除保持」。否则请叫技术员。",
        ),
        "camera_stalled": (
            "相机没有画面。",
            "按「停止皮带」。插紧相机插头，等画面恢复，然后按「复位」和「启动」。",
        ),
        "frames_dropped": (
            "画面丢失：计算机跟不上。",
            "减少上果或降低皮带速度。若仍如此，请叫技术员。",
        ),
        "disk_full": (
            "磁盘已满：无法记录果实，因此不分级。",
            "请技术员腾出空间。在此之前所有果实进入复检箱。",
        ),
        "disk_stalled": (
            "磁盘没有响应：来不及记录的果实进入复检。",
            "等一分钟。若反复出现，请技术员更换磁盘。",
        ),
        "journal_corrupt": (
            "果实记录已损坏。",
            "不要再启动。请技术员从最近的完好备份恢复。",
        ),
        "queue_full": (
            "判定在排队：计算机跟不上皮带。",
            "降低皮带速度或减少上果，然后按「解除保持」。",
        ),
        "recording_ended": (
            "不再保存画面：空间不足。",
            "分级继续。请告知需要录像的人：录像到此为止，已有部分完整。",
        ),
        "clock_jumped": (
            "运行中计算机时钟被调整。",
            "检查屏幕上的日期和时间。分级继续，只有时间可能有误。",
        ),
        "air_pressure_low": (
            "气压过低，阀门无法工作。",
            "打开气源，看压力表，检查漏气，然后按「解除保持」。",
        ),
        "outlet_unexpected_pulse": (
            "有东西落入出口「{subject}」，但并非送往该处。",
            "取出出口「{subject}」的托盘，重新清点，放入新托盘并打开出口。",
        ),
        "outlet_missing_pulses": (
            "送往出口「{subject}」的果实没有到达。",
            "擦净出口「{subject}」的传感器。伸手清理卡堵前先按急停。",
        ),
        "outlet_drifting": (
            "果实到达出口「{subject}」比以往早或晚。",
            "清洁出口「{subject}」的阀门。若仍如此，请技术员重新测量延时。",
        ),
        "tray_full": (
            "出口「{subject}」的托盘已满。",
            "更换出口「{subject}」的托盘，然后按「更换托盘」。",
        ),
        "tray_other_lot": (
            "出口「{subject}」的托盘里是另一批次的果实。",
            "在出口「{subject}」放上空托盘，然后按「更换托盘」。",
        ),
        "tray_absent": (
            "出口「{subject}」没有托盘。",
            "在出口「{subject}」下放空托盘，然后按「更换托盘」。",
        ),
        "recheck_full": (
            "复检箱已满，皮带停止。",
            "更换复检箱，按「复检箱已清空」，再按「解除暂停」。",
        ),
        "too_many_diverted": (
            "太多果实进入复检而不是托盘，皮带停止。",
            "打开已关闭的出口，擦净相机窗口，然后按「解除暂停」。",
        ),
        "spheres_due": (
            "本班尚未过标准球：果实不定级。",
            "让 25、30、35 mm 标准球和色卡从相机下通过。",
        ),
        "spheres_failed": (
            "标准球测量不合格：果实不定级。",
            "擦净标准球和相机窗口后重新通过。若仍不合格，请标定。",
        ),
        "calibration_changed": (
            "标定与启动时不同。",
            "按「停止皮带」，用新标定过标准球，然后重新启动。",
        ),
        "lamp_drift": (
            "灯光变暗或变色。",
            "下次休息时擦净灯和相机窗口。若仍如此，更换灯并标定。",
        ),
    }
)
"""By code: what is wrong, and what to do; `{subject}` is the outlet, process or device."""

SUBJECTS_ZH: Mapping[str, str] = MappingProxyType(
    {
        "super": "特级", "I": "一级", "II": "二级", "processing": "加工", "waste": "废弃", "web": "屏幕",
        "line": "生产线", "vision": "视觉", "ejection": "喷吹", "camera": "相机", "unplugged": "未连接",
        "stalled": "没有画面", "slow": "画面太慢", "wrong size": "画面尺寸不对", "wrong format": "画面格式不对",
        "frozen": "画面不变", "clock": "时间戳不对",
    }
)  # fmt: skip
"""What alarms may be about."""


def in_chinese(code: str, subject: str | None) -> tuple[str, str] | None:
    """Cause and action of an alarm; None: it has no words here."""
    words = ZH.get(code)
    if words is None:
        return None
    about = SUBJECTS_ZH.get(subject or "", subject or "")
    return words[0].format(subject=about), words[1].format(subject=about)
