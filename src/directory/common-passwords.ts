/** Common passwords of at least 8 characters that lists of guesses begin with, in lower case. */
const LIST = `
12345678 123456789 1234567890 0123456789 0987654321 9876543210 87654321 987654321 123123123 112233445566 11223344 12341234
11111111 111111111 1111111111 00000000 000000000 0000000000 22222222 33333333 44444444 55555555 66666666 77777777 88888888
99999999 123321123 12344321 12121212 10203040 01234567 147258369 159753159 159357258 741852963 963852741 789456123 456789123
1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 qazwsxedc qazwsx123 zaq12wsx zaq1zaq1 qwer1234 qwerty12
qwerty123 qwerty1234 qwerty12345 qwerty123456 qwertyui qwertyuiop qwertyuiop123 qwerty01 qwerty!1 qwertz123 qwertzuiop azertyuiop
asdfasdf asdf1234 asdfghjk asdfghjkl asdfghjkl1 asdqwe123 qweasdzxc qweqweqwe qwe123qwe zxcvbnm1 zxcvbnm123 zxcvbnm, zxcvbnmm
abcd1234 abc12345 abc123456 abcdefgh abcdefghi abcdefg1 a1b2c3d4 a1234567 a12345678 a123456789 aa123456 aa12345678 aaaaaaaa
abcabcabc 1234abcd 123456ab 123456aa 12345678a 123456789a 1234567a 12345qwert 123qweasd 1a2b3c4d 123abc123
password password1 password12 password123 password1234 password12345 password! password1! password123! password01 password2
passw0rd passw0rd1 p@ssword p@ssword1 p@ssw0rd p@ssw0rd1 p@$$w0rd pa$$word pa$$w0rd pass1234 pass12345 passpass mypassword
mypassword1 newpassword changeme changeme1 changeme123 changeit letmein1 letmein123 letmeinnow welcome1 welcome12 welcome123
welcome1! welcome01 trustno1 iloveyou iloveyou1 iloveyou2 iloveyou! ilovegod iloveme1 loveyou1 lovelove lovely12 sunshine
sunshine1 princess princess1 football football1 baseball baseball1 basketball superman superman1 batman123 spiderman pokemon1
pokemon123 starwars starwars1 startrek michael1 michelle jennifer jessica1 jordan23 charlie1 chocolate computer computer1
internet internet1 corvette mercedes ferrari1 samsung1 samsung123 motorola nintendo playstation minecraft minecraft1 fortnite
liverpool liverpool1 arsenal1 chelsea1 barcelona realmadrid juventus manchester monkey123 dragon123 master123 shadow123
hello123 helloworld hello1234 test1234 test12345 testtest testing1 testing123 temp1234 temppass default1 administrator
administrator1 admin123 admin1234 admin12345 admin123456 admin@123 adminadmin adminpass administrador root1234 rootroot toor1234
guest123 guestguest user1234 username useruser demo1234 demodemo login123 access14 secret12 secret123 secretsecret supersecret
topsecret security security1 whatever whatever1 nothing1 anything something elephant butterfly caroline christine elizabeth
alexander alexandra nicholas benjamin danielle patricia victoria veronica rebecca1 samantha savannah scorpion snickers
swordfish thunder1 tinkerbell victory1 wildcats winston1 yankees1 zeppelin maverick midnight mountain mustang1 november december
september february1 saturday1 january1 january2024 summer2020 summer2021 summer2022 summer2023 summer2024 summer2025 winter2020
winter2021 winter2022 winter2023 winter2024 winter2025 spring2023 spring2024 spring2025 autumn2024 autumn2025 company1 company123
correcthorsebatterystaple
`;

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(LIST.trim().split(/\s+/));
