import { ShoppingBag } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type Carried, inner } from '@/lib/content'
import { formatMoney } from '@/lib/format'
import { orderOf } from '@/lib/interactive-view'
import { WhatsAppText } from '../wa-text'
import { Card, Overline } from './bits'

export function OrderCard({ message }: { message: Carried }) {
  const { t } = useTranslation()
  const order = orderOf(inner(message))
  return (
    <span className="block space-y-1.5">
      <Overline icon={ShoppingBag}>{t('kinds.order')}</Overline>
      <Card>
        <span role="list" className="block divide-y divide-foreground/10">
          {order.items.map((item, i) => (
            <span role="listitem" key={i} className="flex items-baseline gap-2.5 px-2.5 py-1.5 text-[0.8125rem]">
              <bdi className="tnum shrink-0 opacity-75">{item.quantity} ×</bdi>
              <span dir="auto" className="align-ui min-w-0 flex-1 wrap-anywhere">{item.id}</span>
              <bdi className="tnum shrink-0">{formatMoney(item.price * item.quantity, item.currency)}</bdi>
            </span>
          ))}
        </span>
        <span className="block border-t border-foreground/15 px-2.5 py-2">
          {order.totals.map((total) => (
            <span key={total.currency} className="flex justify-between gap-3 text-[0.8125rem] font-semibold">
              <span>{t('kinds.total')}</span>
              <bdi className="tnum">{formatMoney(total.amount, total.currency)}</bdi>
            </span>
          ))}
        </span>
      </Card>
      {order.note && <WhatsAppText text={order.note} />}
    </span>
  )
}
