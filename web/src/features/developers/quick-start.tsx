import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '@/components/text-bits'
import { Card, CardDescription, CardTitle } from '@/components/ui/card'
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs'

/** The first call, ready to paste; the reference has the rest. */
function samples(origin: string) {
  const text = JSON.stringify({ to: { phone: '+447700900123' }, type: 'text', text: { body: 'Hello from the API' } }, null, 2)
  const template = JSON.stringify(
    { to: { phone: '+447700900123' }, type: 'template', template: { name: 'order_update', language: 'en', components: [{ type: 'body', parameters: [{ type: 'text', text: 'Sara' }] }] } },
    null,
    2,
  )
  const send = (body: string) =>
    `curl -X POST ${origin}/api/v1/messages \\\n  -H "Authorization: Bearer $WAPRO_API_KEY" \\\n  -H "Content-Type: application/json" \\\n  -H "Idempotency-Key: $(uuidgen)" \\\n  -d '${body}'`
  return {
    text: send(text),
    template: send(template),
    status: `curl "${origin}/api/v1/messages/MESSAGE_ID" \\\n  -H "Authorization: Bearer $WAPRO_API_KEY"`,
  }
}

export function QuickStart() {
  const { t } = useTranslation()
  const [tab, setTab] = useState<'text' | 'template' | 'status'>('text')
  const code = samples(window.location.origin)
  return (
    <Card role="region" aria-labelledby="quick-start" className="overflow-hidden">
      <div className="space-y-0.5 px-5 py-4">
        <CardTitle id="quick-start">{t('quickStart.title')}</CardTitle>
        <CardDescription>{t('quickStart.lead')}</CardDescription>
      </div>
      <Tabs value={tab} onValueChange={(v) => setTab(v as typeof tab)}>
        <div className="flex items-center justify-between gap-2 border-y px-3 py-2">
          <TabsList aria-label={t('quickStart.title')}>
            {(['text', 'template', 'status'] as const).map((name) => <TabsTrigger key={name} value={name}>{t(`quickStart.${name}`)}</TabsTrigger>)}
          </TabsList>
          <CopyButton value={code[tab]} label={t('quickStart.copy')} />
        </div>
        {(['text', 'template', 'status'] as const).map((name) => (
          <TabsContent key={name} value={name} className="bg-muted/40">
            <pre dir="ltr" tabIndex={0} className="thin-scroll overflow-x-auto p-5 text-start font-mono text-[0.8125rem] leading-relaxed max-sm:whitespace-pre-wrap max-sm:wrap-anywhere">{code[name]}</pre>
          </TabsContent>
        ))}
      </Tabs>
      <p className="border-t px-5 py-3 text-[0.8125rem] text-muted-foreground">{t('quickStart.note')}</p>
    </Card>
  )
}
