/** What is asked, as texts to copy. */
export { hostedCurl, servedCurl } from './curl.ts'
export { planWithTimes } from './plan.ts'
