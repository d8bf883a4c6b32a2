/**
 * What the first version of scopegate stored in Redis, without the prefix of the keys, and the tokens that its clients have:
 * a pair that was refreshed once, another pair, and a client's own token.
 */
export const dump = {
  issuedAt: 1800000000,
  tokens: {
    replaced: {
      access: 'sga_2JIJNX-WRTTEln-4Cjpg0IGpKzML-Ue0MKhDPxYAL-6i06zotr_K1h_jDf8dlqwoY',
      refresh: 'sgr_2JIJNX-WRTTEln-4gQVIFuKAGlAp61aX8tjj-QjeP8tHXW0vItpAfR3jRIcZ6gcLanX1fKpUD4H6',
    },
    john: {
      access: 'sga_2JIJNX-WRTTEln-4k6VETsK_WOsCxvh2_0W0Buk_6b9Kq7guQIS0n0iI35sH42IUo',
      refresh: 'sgr_2JIJNX-WRTTEln-4x69fkiLE3Zb7RgyQ7sCfzDv4Q7wMKCxJhrOaXW--oUQ5zxtZaebOe_ATT1KY',
    },
    jane: {
      access: 'sga_3zKcEkGHWbSd92lUQV27MqUvgUjnoICpJGDfH2M6HjguhfjPRo4SP85cXHYKSr1fL',
      refresh: 'sgr_3zKcEkGHWbSd92lUwwmLSVSnP52AZCyef7ia8eC_lb6f33iVs7YPd7FdDi0uQWUZ7PTar_VxBs5Y',
    },
    client: {
      access: 'sga_r4p34g0ua3eth3OFn18m6Cjo0vQJxdca2e7XfgLX3rsD0K2RwSmwU2aCRH4Mof85D',
    },
  },
  values: {
    '{2JIJNX-WRTTEln-4}:a':
      'pkey\tjohn@gmail.com@johnsorg\tjohnsorg\tH42IUof5Qz26dN1oaNZBG2XTh-VOu42C\tmywpiww0\t255s0\tread update\t\t\n1800000010000 pkey\tjohn@gmail.com@johnsorg\tjohnsorg\tdlqwoY7ekd0fWczVaUvXPgMYMoC1jiqC\tmywpiww0\t255s0\tread update\t\t',
    '{2JIJNX-WRTTEln-4}:r':
      'ATT1KY1-9UdG59fzgpQaCRguosZJVzkb\tmyy4yrk0\tpkey\tjohn@gmail.com@johnsorg\tjohnsorg\tn03kqgw0\tMUdx4c3W91CyryTQ\tread update\t\npUD4H6sLWtGGzl4HM6tu7i-Lo7LSDrhJ\tmywpj4ls\tvIriDQVVFIuTQyL8GN9V1ubZ9e_WV-hmcRAuUiZ530G7tXcZ_b7DyAT9hEB1DOZ0ZqVLwmizsElPu_SNflOtGOwPzuVdoYCqEw7wF7kbBOvPS5D_PXyMhRIu1PGHmAu4a0gw_bzblPkeKWIErxNSuxjpZDVZ_rtUdOqP-rs0DsTH8qQkI9jNtjjQecLd-JOjx85VlLxCJSPSgf8-CCT9iJmm3L5rK4sfdG19X-kBO1nx00-xauEJTc5lCpfxPH1qwnNfciPTOzKo9lzqpiA-VsXJ7E8hj21Mt4h-6Gpjw-vgErplk7z6RmG5Q5-p19nceQUBn7kXc2RkGwoW82gpkCM\t',
    '{3zKcEkGHWbSd92lU}:a':
      'pkey\tjane@gmail.com@johnsorg\tjohnsorg\tKSr1fL6XLyFQ1tqvDSQhRL8Hdcs81vU4\tmywpiww0\t255s0\tread\t\t',
    '{3zKcEkGHWbSd92lU}:r':
      'VxBs5Ysl3whpaHSEM0cZ1Pg24JcA_FYX\tmyy4yrk0\tpkey\tjane@gmail.com@johnsorg\tjohnsorg\tn03kqgw0\tMjwAc1M5WkC65rR3\tread\t',
    '{c.LHDhK3oGRvkiefQnx7OOcz}:g': [
      '2JIJNX-WRTTEln-4',
      '1800086400000',
      '3zKcEkGHWbSd92lU',
      '1800086400000',
      'r4p34g0ua3eth3OF',
      '1800086400000',
    ],
    '{r4p34g0ua3eth3OF}:a': 'pkey\t\tjohnsorg\tMof85D_ACrfxonUIhTZ5geKkAGIAHJqC\tmywpiww0\t1ffuo0\tread\t\t',
    '{u.Zn-rQtpbFDQ1ziD8YoARX6}:g': ['2JIJNX-WRTTEln-4', '1800086400000'],
    '{u.kZbkvVrSvioh_QecvlOjVG}:g': ['3zKcEkGHWbSd92lU', '1800086400000'],
  },
} as const;
