"""Draws the writing plan of the corpus: one line a text (labels aimed at, form, province, topic, notes). Seeded."""
import random, sys, pathlib
R = random.Random(20261128)
LOW = """低保资格被拒(车辆/存款/子女收入核算)|低保停发未告知|低保复核拖延|低保金额算错/分档|五保老人供养金被代领|特困供养机构(敬老院)伙食费被扣|死人名下继续领救助|临时救助申请石沉大海|大病医疗救助报不下来|残疾人两项补贴断档|重度残疾护理补贴被他人领|残疾证评级与补助|高龄津贴漏发/认证麻烦|尊老金跨县迁户|孤儿基本生活费被亲戚/校方扣|事实无人抚养儿童认定|贫困学生助学金评选不公|雨露计划补助没到账|学校截留营养餐/寄宿补助|建档立卡户识别不公(开小车住楼房)|脱贫户被脱贫签字造假|扶贫羊/牛/鸡苗发放缩水|扶贫产业入股分红没兑现给贫困户|公益性岗位被干部家属占|易地扶贫搬迁名额与自筹款|危房改造补助被抽成|危房鉴定等级被改|危改验收要请客|水灾/地震救灾款物分配|冬春救助棉被大米发放|旱灾救济粮发给关系户|慈善捐款/募捐物资去向|公租房/廉租房资格轮候|公租房转租、假低收入|监测户(边缘易致贫)纳入|低保与残补能否同享等政策咨询|外出打工后低保怎么迁移|单亲家庭/离婚后申请|两劳释放/精神病人家庭救助|低保评议会走过场|民政所索要烟酒才办|村会计扣存折/代保管一卡通|低保公示与政策建议|养老院集中供养意愿|煤改电取暖补贴给困难户的|计划生育特殊家庭困难扶助|大学生路费资助/金秋助学|退捕渔民困难补助|尿毒症透析救助|白内障等救助项目收钱""".split('|')
VA = """集体机动地低价发包亲戚|鱼塘/水库承包不公开|集体林场卖木材款去向|砂场/石场承包费|村办砖厂租金|老村部/老学校校舍被卖|集体门面房租金|光伏电站收益|合作社入股不分红|股份经济合作社成员身份认定|外嫁女集体收益分配|入赘婿/离婚回迁/在校生/服刑人员分配资格|征地款村里提留比例|组里分征地款吵架|村账三年未公布|公章与账本不移交|白条入账/招待费|村债务利滚利|村干部借集体钱不还|征收后集体留用地开发|村集体厂房长期超低价租约|合同一签五十年|集体资产清产核资漏报|农机合作社拖拉机被私卖|集体企业改制时资产流失|村集体存款存单不见|光缆/通信铁塔占地租金|高压线塔补偿归谁|风电/光伏租用荒山租金|生态公益林补偿款|草场补奖/集体草场|海塘滩涂养殖承包|村集体经营性建设用地入市|集市摊位费去向|自来水费由村收|宗祠/庙产与集体房|居委会(村改居)门面与分红|城中村改制股份公司|集体果园茶山到期重新发包|村级项目剩余材料变卖|上级拨给村集体的发展资金|村干部误工补贴重复领|村监委会形同虚设|小组长一个人管钱管章|村民小组账户冻结|收益分配方案能否查阅(咨询)|建议村账镇代管/公开栏改手机|集体机井电费|土地流转中间差价被村里吃|村集体投资入股公司亏了|供销社旧房产权|村内道路捐款剩余|集体牛/农具分家老账|河滩树木拍卖""".split('|')
LAND = """征地补偿标准低/同地不同价|青苗补偿漏登|附着物丈量造假|房屋拆迁协议不兑现|过渡费停发|安置房迟迟不交|安置房分配抽签黑幕|安置房办不了证|强拆现场|断水断电逼迁|宅基地审批卡住|一户多宅/超占|宅基地被邻居占|老宅继承确权|农村建房四至争议|耕地上建厂房/养殖场|基本农田挖鱼塘/倒渣土|林地毁林种果|林权证重叠|承包地被收回|土地流转租金拖欠|流转后改种/破坏耕层|确权登记少了面积|二轮延包调地|外嫁女承包地|坟地/祖山界线|土地出让与规划变更|违法占地举报无人管|失地农民社保|征地未批先占|临时用地不复垦|高铁/高速征地边角地|水库移民后期扶持与移民地|矿山占山占地|采砂毁河滩地|退耕还林地被占|宅基地有偿退出咨询|城乡增减挂钩拆旧|旧城棚改评估|单位房改房/国有土地上征收|房屋被误拆|学校/医院占用的老地|村界乡界纠纷|规划道路红线卡住建房|建议完善征地公告|工业园闲置土地|征地听证权|轮换地/插花地|坍塌塌陷区搬迁""".split('|')
PROJ = """村道硬化偷工减料|通组路断头|桥梁裂缝/危桥|水渠修了不通水|农村饮水管网不出水(未建成)|高标准农田井电不配套|小学教学楼/围墙质量|路灯只装杆不通电|污水管网挖开不回填|厕改只修个坑|文化广场/戏台工程款|工程转包层层分包|围标串标|村干部亲戚包工|招标文件量身定做|农民工工资拖欠|材料商货款未付(政府工程)|烂尾楼/停工商品房|新房质量开裂漏水|电梯未装/消防未通过|工地夜间噪音|工地扬尘|爆破震裂房屋|施工压坏村路|施工挖断水管|深基坑无围挡/坠落|脚手架塔吊危险|工伤死亡被瞒|渣土车碾压|隧道掘进水源干枯|水库大坝渗漏除险|河堤护坡塌了|滑坡治理工程|村口涵洞积水|请求修路|请求建桥/渡口|请求打井/拉自来水|请求装路灯/红绿灯斑马线|请求建学校/幼儿园|老旧小区改造质量|加装电梯工程纠纷|天然气管道施工|光纤/电力线路迁改|拆桥绕行工期拖延|公路收尾/标线护栏|监理不作为/造假资料|工程结算审计拖欠|设计不合理(坡度/排水)|变压器/农网改造工程|建议建设规划""".split('|')
NEG = """邻里噪音(广场舞/狗叫)|物业费/业委会账目|停车位与乱停车|网购/预付卡纠纷|培训机构退费|医院收费/医患纠纷|学校补课/教师体罚|学区划分/入学|公交线路与班次|出租车网约车|红绿灯配时/违章罚单|养老金/社保缴费|医保报销比例|公积金提取|工厂拖欠工资(非工地)|加班/劳动合同|工伤认定(工厂)|退役军人待遇|教师职称/工资|村医补助|村干部作风(打骂/喝酒无涉财产)|村委会选举拉票|户口/身份证办理|公安立案/诈骗|赌博/涉黄举报|涉毒举报|家暴/纠纷|交警态度|派出所不出警|法院执行难|工厂排污臭气|养殖场臭味污染|焚烧秸秆|河水污染|餐饮油烟|自来水水质水价|停电频繁|燃气价格|宽带通信套餐|快递丢失|食品安全|药品/保健品|银行贷款/征信|保险理赔|彩票/传销|农机/种粮补贴|农药种子假冒|生猪/疫病防控|野猪伤庄稼|垃圾清运|公厕管理|殡葬/墓地价格|旅游景区宰客|宗教/庙会|文化遗产/老树保护|婚姻登记/生育津贴|疫情管控类|招聘考试公平|事业单位编制|干部酒驾/生活作风|公车私用|办事窗口态度|政务热线本身的服务|驾校/考试|二手房/中介/商品房合同|租房押金|宠物/流浪狗|网吧/未成年人|校车/校园食堂|河道钓鱼/溺水警示""".split('|')
DOCLOW="低保审核确认办法|特困供养标准通知|临时救助实施细则|残疾人补贴发放公告|救灾资金分配方案|社会救助工作通报|民政局答复来信|扶贫领域典型案例通报|乡村振兴局监测帮扶总结|高龄津贴政策解读|住房保障轮候公告|困难学生资助办法|民政局长讲话|巡察反馈".split('|')
DOCVA="村级财务管理办法|集体经济组织成员认定指导意见|清产核资方案|农村产权交易规则|三资监管平台工作报告|村干部侵占集体资金通报|经管站答复|镇纪委核查回复|集体合同清理专项行动方案|村务公开目录|收益分配公告|全县集体经济现场会讲话|巡察村居情况通报|股权量化方案".split('|')
DOCLAND="征收土地公告|征收补偿安置方案|宅基地审批管理办法|耕地保护通告|自然资源局信访答复|土地违法案例通报|征收办答复过渡费|土地流转管理办法|承包地确权答复|工业用地出让公告|林权纠纷调处决定|增减挂钩方案|耕地保护大会讲话|国土执法工作总结".split('|')
DOCPROJ="农村公路建设管理办法|工程招投标监管通知|施工扬尘管控方案|保障农民工工资通告|住建局答复烂尾|交通局答复修路|水利局答复饮水|质监站处理情况|工程领域腐败通报|重点项目推进会讲话|老旧小区改造方案|安全生产事故通报|四好农村路总结|竣工验收办法".split('|')
DOCNEG="养老保险缴费通知|医保目录调整公告|公交线路调整公告|教育局入学政策|环保局答复异味|公安局答复交通|市场监管答复退费|卫健委通报|禁放烟花通告|招聘公告|文旅新闻|会议报道|理论文章:作风建设|干部酒驾通报|防疫通知|森林防火令|物价局答复水价|国企年度报告|农机补贴指南|人社局答复欠薪(工厂)".split('|')
PROV="河北 山西 内蒙古 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 天津 北京 上海".split()
VOICE={
'accusation':"匿名信,列数字|实名控告信,分条|愤怒村民手写信|退休教师客气而坚定|老党员|举报人为前会计,懂账|在外打工青年网帖|联名信(注明几十户)|律师口吻控告书|12345话务员记录|短信式,错字多|语音转文字|村民小组长来信|寡妇口述他人代笔|信访接谈笔录|中年妇女絮叨|讽刺挖苦的网友|同行/落标者|大学生村官内部人|残疾人|老军人",
'appeal':"12345话务员记录|网上领导留言|老人口述子女代写|愤怒长信|客气短信|语音转文字|联名请求书|外来务工者|小学文化手写|个体户|退休教师|残疾人|在读大学生代家人|村民QQ群转发口气|信访局接访登记|律师代理意见|分条陈述的工程师|少数民族村民|牧民/渔民|带哭腔的母亲|诉求一句话",
'suggestion':"退休干部建议信|热心网友|返乡创业青年|驻村队员|小学生家长|人大代表式建议|务实农民短建议|大学老师调研后|话务员记录建议|老裁缝的闲谈|感谢信",
'inquiry':"网上咨询一句|老人托人问|话务员记录咨询|外地打工者问手续|年轻媳妇问资格|会计人员问政策细节|语音转文字提问|担心被坑的村民问规定|公司行政问|带背景的长咨询"}
DOCVOICE={'reply':'信访答复意见书|留言办理回复|12345工单办理结果|核查情况说明','policy':'通知|办法(条文)|公告|实施方案|指南问答','report':'纪委通报典型案例|领导讲话|工作总结|新闻稿|巡察反馈|理论评论'}
MIS="embezzlement diversion false_claim favoritism bribery bid_rigging opaque_accounts illegal_fees abuse_of_power retaliation".split()
AFF={'low_income':['embezzlement','false_claim','favoritism','bribery','diversion','illegal_fees','retaliation','opaque_accounts','abuse_of_power'],
'village_asset':['embezzlement','opaque_accounts','diversion','favoritism','bid_rigging','false_claim','bribery','retaliation','illegal_fees','abuse_of_power'],
'land':['abuse_of_power','diversion','favoritism','bribery','false_claim','retaliation','embezzlement','opaque_accounts','illegal_fees'],
'project':['bid_rigging','bribery','diversion','false_claim','favoritism','embezzlement','abuse_of_power','illegal_fees','bid_rigging','retaliation'],
'':['abuse_of_power','illegal_fees','bribery','retaliation','favoritism','embezzlement','illegal_fees','false_claim']}
PAIRS={'low_income':['village_asset','land','project'],'village_asset':['land','project','low_income','land'],'land':['village_asset','project','low_income'],'project':['village_asset','land','low_income']}
def cyc(xs):
    while True:
        ys=xs[:]; R.shuffle(ys); yield from ys
prov=cyc(PROV); topics={k:cyc(v) for k,v in dict(low_income=LOW,village_asset=VA,land=LAND,project=PROJ,none=NEG).items()}
voices={k:cyc(v.split('|')) for k,v in VOICE.items()}; mis={k:cyc(v) for k,v in AFF.items()}; length=cyc('S S S M M M M M L L'.split())
noise=cyc(['trad','gloss','ocr','ocr','typo','voice','html','trad','ticket'])
slots=[]
def petition(dom):
    pt=R.choices(['accusation','appeal','suggestion','inquiry'],[.38,.38,.12,.12] if dom!='none' else [.25,.45,.15,.15])[0]
    sev={'accusation':R.choices([2,3,4],[.08,.68,.24]),'appeal':R.choices([1,2,3,4],[.05,.42,.35,.18]),'suggestion':R.choices([1,2,3],[.85,.1,.05]),'inquiry':R.choices([1,2,3],[.72,.2,.08])}[pt][0]
    ds=[] if dom=='none' else [dom]
    if ds and R.random()<.27: ds.append(R.choice(PAIRS[dom]))
    m=[]
    if pt=='accusation':
        m=[next(mis[ds[0] if ds else ''])]
        if R.random()<.6: m.append(next(mis[ds[0] if ds else '']))
        if R.random()<.2: m.append('inaction')
    elif pt=='appeal':
        if R.random()<.35: m=['inaction']
        if R.random()<.15: m.append(next(mis[ds[0] if ds else '']))
    notes=[next(length)]
    if ds and R.random()<.55: notes.append('no-keyword')
    if not ds and R.random()<.85: notes.append('hard-neg:'+R.choice(['low_income','village_asset','land','project','land','village_asset']))
    if R.random()<.11: notes.append(next(noise))
    slots.append(['petition',','.join(ds) or '-',pt,str(sev),','.join(dict.fromkeys(m)) or '-',next(voices[pt]),next(prov),next(topics[dom]),' '.join(notes)])
for d,n in dict(low_income=600,village_asset=600,land=440,project=400,none=490).items():
    for _ in range(n): petition(d)
for d,ts,n in [('low_income',DOCLOW,80),('village_asset',DOCVA,80),('land',DOCLAND,80),('project',DOCPROJ,80),('-',DOCNEG,60)]:
    c=cyc(ts)
    for _ in range(n):
        dt=R.choice(['reply','reply','policy','policy','report','report']); t=next(c)
        if any(w in t for w in ['答复','回复','处理情况']): dt='reply'
        elif any(w in t for w in ['办法','通知','公告','方案','细则','规则','目录','指南','通告','意见','令','政策']): dt='policy'
        elif any(w in t for w in ['通报','讲话','总结','报告','反馈','新闻','报道','文章']): dt='report'
        m='-'
        if dt!='policy' and d!='-' and R.random()<.45: m=next(mis[d])
        slots.append([dt,d,'-','-',m,R.choice(DOCVOICE[dt].split('|')),next(prov),t,R.choice(['S','M','M','M','L','L'])+(' '+next(noise) if R.random()<.15 else '')])
R.shuffle(slots)
N=24; out=pathlib.Path(sys.argv[1]); out.mkdir(exist_ok=True)
for a in range(N):
    part=slots[a::N]
    (out/f'w{a+1:02d}.plan').write_text(''.join(f"w{a+1:02d}-{i+1:03d} | "+' | '.join(s)+'\n' for i,s in enumerate(part)),encoding='utf-8')
import collections
print(len(slots),len(slots)/N); 
for k in (0,2,3): print(collections.Counter(s[k] for s in slots))
print(collections.Counter(x for s in slots for x in s[1].split(','))); print(collections.Counter(x for s in slots for x in s[4].split(',')))
print('noise',sum(any(n in s[8] for n in ['trad','gloss','ocr','typo','voice','html','ticket']) for s in slots),'hardneg',sum('hard-neg' in s[8] for s in slots))
