"""Jobs about jobs: what a killed worker had begun is begun again (việc nền bị bỏ dở)."""

from procrastinate import JobContext
from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="config.take_up_again", queueing_lock="config.take_up_again", pass_context=True)
async def take_up_again(context: JobContext, timestamp: int) -> None:
    """Give back to the queue what workers held that have given no sign of life for half a minute."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)
