import type { MetaTemplate } from '@/api/template-writing'

/** What `/templates/new?from=…` begins with, in the reader's language. All of them pass the check as they are. */

export type StarterName = 'order_update' | 'appointment' | 'one_time_code' | 'win_back'

const body = (text: string, ...samples: string[]) => ({ type: 'BODY', text, example: { body_text: [samples] } })
const buttons = (...buttons: Record<string, unknown>[]) => ({ type: 'BUTTONS', buttons })
const reply = (text: string) => ({ type: 'QUICK_REPLY', text })
const code = (language: string): MetaTemplate => ({
  name: 'one_time_code',
  language,
  category: 'AUTHENTICATION',
  components: [{ type: 'BODY', add_security_recommendation: true }, { type: 'FOOTER', code_expiration_minutes: 10 }, buttons({ type: 'OTP', otp_type: 'COPY_CODE' })],
})

export const STARTERS: Record<StarterName, { en: MetaTemplate; ar: MetaTemplate }> = {
  order_update: {
    en: {
      name: 'order_update',
      language: 'en',
      category: 'UTILITY',
      components: [
        { type: 'HEADER', format: 'TEXT', text: 'Your order {{1}}', example: { header_text: ['A-1077'] } },
        body('Hello {{1}}, your order {{2}} has left our warehouse and should reach you on {{3}}. We will write again when it is at your door.', 'Ana', 'A-1077', 'Tuesday'),
        buttons({ type: 'URL', text: 'Track the order', url: 'https://example.com/orders/{{1}}', example: ['A-1077'] }),
      ],
    },
    ar: {
      name: 'order_update',
      language: 'ar',
      category: 'UTILITY',
      components: [
        { type: 'HEADER', format: 'TEXT', text: 'طلبك رقم {{1}}', example: { header_text: ['A-1077'] } },
        body('مرحبًا {{1}}، غادر طلبك رقم {{2}} مستودعنا ومن المتوقع أن يصلك يوم {{3}}. سنكتب إليك مرة أخرى عندما يصل إلى بابك.', 'ليلى', 'A-1077', 'الثلاثاء'),
        buttons({ type: 'URL', text: 'تتبّع الطلب', url: 'https://example.com/orders/{{1}}', example: ['A-1077'] }),
      ],
    },
  },
  appointment: {
    en: {
      name: 'appointment_reminder',
      language: 'en',
      category: 'UTILITY',
      components: [
        body('Hello {{1}}, this is a reminder of your appointment on {{2}} at {{3}}. Please tell us whether you are coming.', 'Ana', '14 May', '10:30'),
        buttons(reply('I am coming'), reply('Another time')),
      ],
    },
    ar: {
      name: 'appointment_reminder',
      language: 'ar',
      category: 'UTILITY',
      components: [
        body('مرحبًا {{1}}، نذكّرك بموعدك يوم {{2}} في الساعة {{3}} صباحًا. يُرجى إخبارنا إن كنت ستحضر.', 'ليلى', '14 مايو', '10:30'),
        buttons(reply('سأحضر'), reply('وقت آخر')),
      ],
    },
  },
  one_time_code: { en: code('en'), ar: code('ar') },
  win_back: {
    en: {
      name: 'we_miss_you',
      language: 'en',
      category: 'MARKETING',
      components: [
        body('Hello {{1}}, we have not seen you for a while. Here is 15% off your next order, until {{2}} at the latest. We look forward to seeing you.', 'Ana', '31 May'),
        { type: 'FOOTER', text: 'Reply STOP to opt out' },
        buttons({ type: 'COPY_CODE', example: 'BACK15' }, { type: 'URL', text: 'Visit the shop', url: 'https://example.com' }),
      ],
    },
    ar: {
      name: 'we_miss_you',
      language: 'ar',
      category: 'MARKETING',
      components: [
        body('مرحبًا {{1}}، لم نرك منذ مدة. إليك خصم 15٪ على طلبك القادم حتى {{2}} كحد أقصى. نتطلع إلى رؤيتك.', 'ليلى', '31 مايو'),
        { type: 'FOOTER', text: 'أرسل «إيقاف» لإلغاء الاشتراك' },
        buttons({ type: 'COPY_CODE', example: 'BACK15' }, { type: 'URL', text: 'زيارة المتجر', url: 'https://example.com' }),
      ],
    },
  },
}

export const isStarter = (name: string | null | undefined): name is StarterName => !!name && Object.hasOwn(STARTERS, name)
