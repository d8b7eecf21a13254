// The desk's only script: progress of a job, and files dropped on a page. Every page works without it.
'use strict';

function followJob(card) {
  const source = new EventSource(card.dataset.progress);
  const bar = document.getElementById('job-bar');
  const amount = document.getElementById('job-amount');
  source.addEventListener('progress', (event) => {
    const told = JSON.parse(event.data);
    if (told.state !== card.dataset.state) { location.reload(); return; }
    if (told.percent === null) { bar.removeAttribute('value'); } else { bar.value = told.percent; }
    amount.textContent = told.amount;
  });
  source.addEventListener('ended', () => { source.close(); location.reload(); });
  source.addEventListener('error', () => { source.close(); setTimeout(() => location.reload(), 3000); });
}

for (const card of document.querySelectorAll('[data-progress]')) { followJob(card); }
