/** Starts the page. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './styles/tokens.css'
import './styles/base.css'
import { startSession } from './data/session.ts'
import { Explorer } from './explorer.tsx'

createRoot(document.querySelector('#explorer')!).render(
  <StrictMode>
    <Explorer session={startSession()} />
  </StrictMode>,
)
