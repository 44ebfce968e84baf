/** Words that tell a mood, by mood and how strongly (1: plainly). Written for what is said on air: shop talk, news, lessons, stories. */
import type { Emotion } from './emotion.ts';

export type Mood = Exclude<Emotion, 'neutral'>;

type Words = Readonly<Partial<Record<Mood, Readonly<Record<string, string>>>>>;

/** Keys are weights, words are parted by blanks. */
export const CHINESE: Words = {
  happy: {
    '1.2':
      '开心 高兴 快乐 幸福 喜悦 欢乐 欢喜 愉快 喜欢 好开心 乐开花 笑死 喜笑颜开 笑逐颜开 心花怒放 眉开眼笑 喜气洋洋 好消息 哈哈 哈哈哈 嘻嘻 嘿嘿 真好 太好了 好极了 好棒 真棒 恭喜 祝贺 庆祝 祝福 如愿 心想事成 满意 美滋滋 甜蜜 有趣 好玩 享受 欣慰 自豪 骄傲',
    '0.9':
      '不错 很好 笑容 微笑 笑着 欢迎 好吃 美味 漂亮 好看 精彩 顺利 成功 赢了 获奖 高分 点赞 喜爱 热爱 新年好 节日快乐 生日快乐 大家好 你好呀 好喜欢 值得 放心买 舒服 舒适 惬意 轻松 阳光明媚 幸运 完美 出色 优秀 进步 厉害 给力 乐趣 欢声笑语 团聚 圆满',
  },
  excited: {
    '1.3':
      '太棒了 棒极了 激动 兴奋 热血沸腾 冲啊 冲冲冲 沸腾 燃爆 炸裂 绝绝子 震撼 欢呼 疯狂 嗨起来 尖叫 迫不及待 等不及 期待已久 终于来了 终于等到 万众瞩目 夺冠 冠军 赢啦 破纪录 倒计时 燃起来 加油 冲刺 大家准备好 准备好了吗 太刺激 刺激',
    '1': '家人们 宝子们 秒杀 限时 抢购 手慢无 抢到 抢疯 爆款 福利 大促 狂欢 买一送一 半价 上链接 三二一 开抢 抢啊 下单 超值 史上最低 全网最低 惊喜价 惊爆价 嗨 期待 出发吧 行动起来 一起来 点燃 飙升 火爆 引爆',
  },
  gentle: {
    '1.2':
      '别担心 不用担心 不要担心 别怕 不要怕 不用怕 别着急 不着急 不要着急 慢慢来 没关系 没事的 会好的 会好起来 别难过 别哭 不哭 不要难过 别灰心 抱抱 晚安 好梦 安心 温柔 轻轻 静静 陪着你 陪伴 在你身边 辛苦了 照顾好自己 注意休息 早点休息 好好休息 慢慢 放松 深呼吸 亲爱的 宝贝 乖 摸摸头 拥抱 理解你 懂你 心疼你 保重 多喝热水 暖暖',
    '0.9':
      '谢谢 感谢 感恩 多谢 麻烦您 温暖 温馨 柔和 柔软 宁静 安静 祝您 祝你 祝愿 愿你 愿您 体贴 关心 呵护 细心 耐心 请放心 放心吧 轻声 娓娓',
  },
  serious: {
    '1.2':
      '务必 必须 严禁 禁止 切勿 请勿 不得 严肃 严格 警告 警示 警惕 提醒您 敬请注意 请注意 注意安全 后果 违法 违规 违反 法律 法规 依法 处罚 追究 责任 风险 危险 谨慎 慎重 郑重 声明 危机 严重 严峻 不容 事关 关乎 绝不能 千万不要 千万别 底线 红线 事故 隐患 慎用 谣言 诈骗 受骗 上当 骗局',
    '0.9':
      '重要 关键 注意 规定 要求 根据 依据 通知 公告 问题在于 必要 应当 应该 安全 遵守 执行 落实 防范 监管 审查 调查 通报 指出 强调 紧急 疫情 灾害 预警 不可忽视 值得警惕 认真 免责',
  },
  sad: {
    '1.3':
      '难过 伤心 悲伤 悲痛 痛苦 心痛 心碎 心酸 哀悼 哀伤 沉痛 悲哀 绝望 失望 沮丧 流泪 眼泪 泪水 泪流满面 哭了 哭泣 痛哭 大哭 呜呜 孤独 寂寞 孤单 去世 逝世 离世 离开了我们 永别 遇难 牺牲 失去 再也见不到 再也回不来 再也没有 舍不得 想念 思念 凄凉 凄惨 可怜 委屈 不幸 难受 伤感 忧伤 忧愁 郁闷 心灰意冷 遗憾',
    '1': '可惜 抱歉 对不起 唉 哎 惋惜 无奈 失败 落空 失落 告别 离别 再见了 疲惫 无助 后悔 懊悔 不舍 倒闭 失业 生病 病倒 眼眶 红了眼 空荡荡 低落 泪',
  },
  surprised: {
    '1.3':
      '竟然 居然 没想到 想不到 万万没想到 出乎意料 意想不到 意外 天哪 天啊 我的天 老天爷 不会吧 不是吧 真的假的 真的吗 怎么可能 难以置信 不敢相信 惊讶 吃惊 震惊 惊呆 惊了 大吃一惊 目瞪口呆 不可思议 哇 哇塞 哎呀 什么情况 怎么会 谁能想到 谁料 哪知道 原来是你 傻眼',
    '1': '突然 忽然 咦 啊？ 什么？ 惊喜 惊人 罕见 前所未有 史无前例 原来如此 猜猜 奇迹 神奇 离奇 太神了 竟',
  },
  angry: {
    '1.4':
      '愤怒 生气 气死 气愤 气人 可恶 可恨 讨厌 混蛋 王八蛋 滚开 滚出去 给我滚 闭嘴 住口 岂有此理 太过分 过分了 忍无可忍 受够了 受不了了 无耻 不要脸 卑鄙 恶心 怒火 怒斥 发火 大怒 暴怒 恼火 火大 欺人太甚 骗子 凭什么 胡说八道 简直荒唐 荒唐 太不像话 不像话 可耻 该死 恨死 痛恨 抗议 你敢 够了 什么态度 欺负 忍不了 谴责 气炸',
    '0.9': '烦死 烦人 糟透 垃圾 差劲 投诉 不负责任 坑人 黑心 欺骗 敷衍 恶劣 愤 怒',
  },
};

/** A blank within a phrase is written `_`. */
export const ENGLISH: Words = {
  happy: {
    '1.2':
      'happy happily happiness glad joy joyful delighted delightful cheerful pleased love loved lovely loving wonderful great_news good_news congratulations congrats celebrate celebration smile smiling smiles laugh laughing laughter haha hooray yay proud fun enjoy enjoyed enjoying blessed grateful_and_happy satisfied pleasure not_bad happy_birthday thrilled_for best_day',
    '0.9':
      'good nice great beautiful welcome perfect excellent delicious tasty sunny lucky success successful won win winner pretty sweet hello_everyone hi_everyone good_morning well_done nicely favourite favorite charming adorable cute comfortable works_perfectly',
  },
  excited: {
    '1.3':
      "amazing awesome incredible fantastic excited exciting thrilled thrilling can't_wait cannot_wait let's_go lets_go here_we_go woohoo epic mind-blowing breathtaking spectacular pumped champion champions record-breaking unstoppable finally_here get_ready are_you_ready hyped insane ecstatic",
    '1': "hurry grab giveaway limited_time half_price flash_sale sale_ends order_now buy_now today_only don't_miss mega countdown deal deals last_chance blast going_crazy on_fire",
  },
  gentle: {
    '1.2':
      "don't_worry do_not_worry no_worries it's_okay it's_ok it's_all_right it's_alright take_your_time take_care no_rush no_hurry gently gentle softly calm calmly peaceful good_night sweet_dreams sleep_well rest_well relax breathe dear darling sweetheart there_there be_kind hug comfort comforting i_understand you're_not_alone you_are_not_alone everything_will_be here_for_you rest_now be_patient slowly warm warmly tender",
    '0.9':
      'thank_you thanks thankful grateful appreciate please_rest quiet quietly soft cozy cosy kind kindly feel_better wish_you wishing_you step_by_step',
  },
  serious: {
    '1.2':
      'must must_not warning danger dangerous caution serious seriously critical strictly prohibited forbidden illegal law legal penalty penalties liable responsibility consequences risk risks never_share do_not_share emergency severe scam fraud beware violation violations mandatory crucial failure_to under_no_circumstances safety evacuate threat crisis at_stake',
    '0.9':
      'important attention required requirement regulation regulations according_to policy notice ensure essential please_note compliance official statement investigation authorities urgent report_any terms_and_conditions do_not',
  },
  sad: {
    '1.3':
      'sad sadly sadness sorrow grief grieving heartbroken heartbreaking cry cried crying tears weep wept lonely loneliness alone_again passed_away died death funeral mourn mourning miss_you miss_him miss_her misses missed_him lost_everything hopeless despair depressed depressing unfortunately tragic tragedy painful pain hurts unhappy regret regrets disappointed disappointing devastated goodbye_forever farewell condolences',
    '1': 'sorry apologise apologize apologies pity shame alas lost lose losing failed fail gave_up empty never_come_back tired exhausted sick if_only closing_down laid_off unlucky never_see',
  },
  surprised: {
    '1.3':
      "surprised surprising surprisingly surprise wow unbelievable unexpected unexpectedly no_way oh_my_god oh_my omg shocked shocking astonished astonishing astounding really?! what?! who_would_have_thought can't_believe cannot_believe couldn't_believe out_of_nowhere you're_kidding are_you_serious are_you_kidding jaw_dropped speechless holy_cow guess_what i_had_no_idea",
    '1': 'suddenly whoa gosh huh remarkably stunned stunning turns_out it_turned_out miracle never_expected strange hardly_believe',
  },
  angry: {
    '1.4':
      'angry angrily anger furious fury rage outrageous outraged outrage mad_at hate hated disgusting disgusted disgrace disgraceful how_dare unacceptable ridiculous shut_up get_out damn idiot idiots liar liars sick_of fed_up enough_is_enough had_enough infuriating annoyed annoying betrayed cheated shameful stop_lying intolerable pathetic garbage scandalous appalling',
    '0.9':
      'terrible awful horrible worst rubbish nonsense rude insult insulted unfair ripped_off complain complaint blame waste_of',
  },
};

/** Pictures of moods, in chats and in what language models write. */
export const EMOJI: Readonly<Record<Mood, string>> = {
  happy: '😀😃😄😁😆😊🙂😋😍🥰😘☺🎂👍💕❤',
  excited: '🤩🥳🎉🎊🔥🚀💥🏆⚡💪',
  gentle: '🤗😌🌸🍃🌙💤🙏',
  serious: '⚠🚫❗⛔🚨',
  sad: '😢😭😞😔☹🙁😿💔🥺😥',
  surprised: '😮😲😱🤯😳😯',
  angry: '😠😡🤬👿💢',
};

/** As written in Taiwan and Hong Kong, in the characters above. */
export const TRADITIONAL =
  '開开樂乐興兴歡欢喜喜愛爱謝谢擔担溫温靜静輕轻寶宝務务嚴严規规責责險险難难過过傷伤淚泪離离對对憐怜竟竟沒没嗎吗會会驚惊訝讶氣气憤愤討讨厭厌無无騙骗滾滚閉闭夠够極极棒棒買买搶抢購购時时優优選选應应該该緊紧報报請请關关係系來来們们見见這这麼么什什員员誰谁終终於于準准備备動动賀贺慶庆滿满恥耻遺遗憾憾孤孤獨独蓋盖願愿別别';
