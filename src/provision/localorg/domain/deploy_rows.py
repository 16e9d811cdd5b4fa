"""Deploys as the Tooling API's queries see them: rows of ``DeployRequest``.

Setup, Deployment Status, shows the same. The columns are those that public code reads.
"""

from __future__ import annotations

from typing import Final

from provision.localorg.clock import stamp
from provision.localorg.domain.deploy_job import all_jobs
from provision.localorg.domain.org import Org
from provision.localorg.domain.sobject import Column, SObject
from provision.localorg.store.records import Row

__all__ = ["DEPLOY_REQUEST", "deploy_rows"]

DEPLOY_REQUEST: Final = SObject(
    "DeployRequest",
    "Deploy Request",
    "0Af",
    (
        Column("Id", "id"),
        Column("CreatedDate", "datetime"),
        Column("CreatedById", "reference", references="User"),
        Column("Status", "picklist"),
        Column("CheckOnly", "boolean"),
        Column("StartDate", "datetime"),
        Column("CompletedDate", "datetime"),
        Column("NumberComponentsTotal", "int"),
        Column("NumberComponentErrors", "int"),
        Column("NumberComponentsDeployed", "int"),
    ),
)


def deploy_rows(org: Org) -> list[Row]:
    """Every deploy of an org."""
    return [
        {
            "Id": job.id,
            "CreatedDate": _date(job.created),
            "CreatedById": job.author,
            "Status": job.status,
            "CheckOnly": job.options.check_only,
            "StartDate": _date(job.started),
            "CompletedDate": _date(job.completed),
            "NumberComponentsTotal": len(job.counted),
            "NumberComponentErrors": 0 if job.fatal else len(job.failures),
            "NumberComponentsDeployed": len([m for m in job.counted if m.success]),
        }
        for job in all_jobs(org)
    ]


def _date(seconds: float) -> str | None:
    return stamp(seconds).replace("Z", "+0000") if seconds else None
