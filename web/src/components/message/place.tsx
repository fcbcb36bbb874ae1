import { ExternalLink, MapPin } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type Carried, locationOf, type LocationParts } from '@/lib/content'
import { Card, Labelled } from './bits'

export function Place({ message }: { message: Carried }) {
  const { t } = useTranslation()
  const place = locationOf(message)
  return place ? <PlaceCard place={place} /> : <Labelled icon={MapPin} label={t('kinds.location')} />
}

const mapLink = ({ latitude, longitude }: LocationParts) => `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`

/** A pin on drawn paper, no map service is asked: the customer's whereabouts stay here until somebody opens the link. */
export function PlaceCard({ place }: { place: LocationParts }) {
  const { t } = useTranslation()
  const coordinates = `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`
  return (
    <Card>
      <a href={mapLink(place)} target="_blank" rel="noreferrer noopener" className="group/map block" aria-label={t('kinds.openMap', { place: place.name ?? coordinates })}>
        <span className="wa-map relative grid h-28 place-items-center overflow-hidden">
          <MapPin className="size-9 -translate-y-2 fill-destructive text-card drop-shadow-sm" strokeWidth={1.5} aria-hidden />
        </span>
        <span className="block px-2.5 py-2">
          <span dir="auto" className="align-ui block text-sm font-medium">{place.name ?? t('kinds.location')}</span>
          {place.address && <span dir="auto" className="align-ui block text-xs opacity-80">{place.address}</span>}
          <span className="mt-0.5 flex items-center gap-1 text-xs opacity-70 group-hover/map:underline">
            <bdi className="tnum ltr-isolate">{coordinates}</bdi>
            <ExternalLink className="size-3" aria-hidden />
          </span>
        </span>
      </a>
    </Card>
  )
}
