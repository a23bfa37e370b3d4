"""Qudao 渠道: channel management for medical-device distributors."""
