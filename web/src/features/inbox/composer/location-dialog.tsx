import { LocateFixed } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PlaceCard } from '@/components/message/place'
import { SubmitButton } from '@/components/submit-button'
import { Button } from '@/components/ui/button'
import { DialogBody, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { readStored, writeStored } from '@/lib/hooks'
import { tenantId } from '@/api/tenant'
import type { Outgoing } from '../outgoing'

const within = (value: string, limit: number) => value.trim() !== '' && Math.abs(Number(value)) <= limit

/** "51.5074, -0.1278", as maps give it when a point is copied. */
export function parsePair(value: string): [string, string] | undefined {
  const match = /^\s*\(?(-?\d{1,2}(?:\.\d+)?)[°]?\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)[°]?\)?\s*$/.exec(value)
  return match?.[1] && match[2] ? [match[1], match[2]] : undefined
}

/** A place to send. The last one is offered again: most businesses send their own address. */
export function LocationDialog({ onSend, onClose }: { onSend: (out: Outgoing) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const store = `wapro.place.${tenantId() ?? ''}`
  const [place, setPlace] = useState(() => {
    const empty = { name: '', address: '', latitude: '', longitude: '' }
    try {
      return { ...empty, ...(JSON.parse(readStored(store) ?? '{}') as Partial<typeof empty>) }
    } catch {
      return empty
    }
  })
  const [tried, setTried] = useState(false)
  const [lost, setLost] = useState(false)
  const set = (change: Partial<typeof place>) => setPlace((p) => ({ ...p, ...change }))
  const wrong = { latitude: !within(place.latitude, 90), longitude: !within(place.longitude, 180) }
  const ok = !wrong.latitude && !wrong.longitude
  const coordinate = (key: 'latitude' | 'longitude') => (
    <div className="grid min-w-0 gap-1.5">
      <Label htmlFor={`place-${key}`}>{t(`place.${key}`)}</Label>
      <Input
        id={`place-${key}`}
        dir="ltr"
        inputMode="decimal"
        value={place[key]}
        aria-invalid={tried && wrong[key]}
        onChange={(e) => {
          const pair = parsePair(e.target.value)
          set(pair ? { latitude: pair[0], longitude: pair[1] } : { [key]: e.target.value })
        }}
      />
      {tried && wrong[key] && <p role="alert" className="text-xs text-destructive">{t('validation.coordinate')}</p>}
    </div>
  )
  return (
    <form
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        event.stopPropagation()
        setTried(true)
        if (!ok) return
        writeStored(store, JSON.stringify(place))
        const [name, address] = [place.name.trim(), place.address.trim()]
        onSend({ type: 'location', content: { latitude: Number(place.latitude), longitude: Number(place.longitude), ...(name ? { name } : {}), ...(address ? { address } : {}) } })
      }}
    >
      <DialogHeader>
        <DialogTitle>{t('composer.add.location')}</DialogTitle>
        <DialogDescription>{t('place.hint')}</DialogDescription>
      </DialogHeader>
      <DialogBody className="space-y-3">
        <div className="grid gap-1.5"><Label htmlFor="place-name">{t('place.name')}</Label><Input id="place-name" dir="auto" maxLength={1000} autoFocus value={place.name} onChange={(e) => set({ name: e.target.value })} /></div>
        <div className="grid gap-1.5"><Label htmlFor="place-address">{t('place.address')}</Label><Input id="place-address" dir="auto" maxLength={1000} value={place.address} onChange={(e) => set({ address: e.target.value })} /></div>
        <div className="grid grid-cols-2 gap-3">{coordinate('latitude')}{coordinate('longitude')}</div>
        {'geolocation' in navigator && (
          <Button
            variant="outline"
            size="sm"
            onClick={() => navigator.geolocation.getCurrentPosition(({ coords }) => { setLost(false); set({ latitude: coords.latitude.toFixed(6), longitude: coords.longitude.toFixed(6) }) }, () => setLost(true), { timeout: 10_000 })}
          >
            <LocateFixed aria-hidden />
            {t('place.here')}
          </Button>
        )}
        {lost && <p role="alert" className="text-xs text-destructive">{t('place.lost')}</p>}
        {ok && <PlaceCard place={{ latitude: Number(place.latitude), longitude: Number(place.longitude), name: place.name.trim() || undefined, address: place.address.trim() || undefined }} />}
      </DialogBody>
      <DialogFooter>
        <SubmitButton missing={ok ? undefined : t('place.missing')} before={<Button variant="outline" onClick={onClose}>{t('common.cancel')}</Button>}>{t('chat.send')}</SubmitButton>
      </DialogFooter>
    </form>
  )
}
