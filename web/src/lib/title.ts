import { useEffect } from 'react'

let page = ''
let brand = 'WhatsApp Pro'
let unread = 0

function write() {
  const name = page ? `${page} · ${brand}` : brand
  document.title = unread > 0 ? `(${unread > 99 ? '99+' : unread}) ${name}` : name
}

export function usePageTitle(title: string) {
  useEffect(() => {
    page = title
    write()
  }, [title])
}

export function useTitleParts(brandName: string, unreadCount: number) {
  useEffect(() => {
    brand = brandName
    unread = unreadCount
    write()
  }, [brandName, unreadCount])
}
