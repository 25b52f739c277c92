import { generate } from '/tmp/wt/cost/bench/data.ts'
import { ConversationStore } from '/tmp/wt/cost/src/index.ts'
import { createHandler } from '/tmp/wt/cost/src/http/index.ts'
const store = ConversationStore.from(generate({ rows: 30000 }), { own: true })
const handler = createHandler(store); await handler.warm()
const L=[...'abcdefghijklmnopqrstuvwxyz0123456789']
const which = process.argv[2]
const letters=(n:number)=>Array.from({length:n},()=>L[Math.floor(Math.random()*36)]).join('')
const path = () => which==='letters' ? `search=${L.join('+')}` : which==='e' ? 'message_contains=e' : which==='nowhere' ? `search=${Array.from({length:10000},()=>letters(5)).join('+')}` : which==='pairs'? `search=${L.flatMap(a=>L.map(b=>a+b)).join('+')}` : which==='meta' ? `metadata=${Array.from({length:10000},()=>letters(3)+':1').join(',')}`:''
const cpu=()=>{const {user,system}=process.cpuUsage();return (user+system)/1000}
const { Session } = await import('node:inspector/promises'); const ses = new Session(); ses.connect(); await ses.post('Profiler.enable'); await ses.post('Profiler.setSamplingInterval',{interval:200}); await ses.post('Profiler.start')
for (let i=0;i<8;i++){const p=path(); const a=cpu(); await (await handler(new Request('http://x/api/conversations/?page_size=1&full=false&'+p))).text(); console.log((cpu()-a).toFixed(1))}
const { profile } = await ses.post('Profiler.stop') as any
const self=new Map<string,number>(); const dt=profile.timeDeltas; const byId=new Map(profile.nodes.map((n:any)=>[n.id,n]))
profile.samples.forEach((id:number,i:number)=>{const n=byId.get(id) as any; const k=n.callFrame.functionName+' '+n.callFrame.url.split('/').slice(-1)+':'+n.callFrame.lineNumber; self.set(k,(self.get(k)??0)+dt[i])})
for (const [k,v] of [...self].sort((a,b)=>b[1]-a[1]).slice(0,14)) console.log((v/1000).toFixed(0).padStart(7),k)
